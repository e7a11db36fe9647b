/** @typedef {import('./types.js').WorkersPage} WorkersPage */
/** @typedef {import('./types.js').ListedWorker} ListedWorker */

/**
 * A list that is read page by page, as far as it is iterated.
 *
 * @implements {AsyncIterable<ListedWorker>}
 */
export class WorkerList {
  /** @type {(cursor?: string) => Promise<WorkersPage>} */
  #read;

  /** @param {(cursor?: string) => Promise<WorkersPage>} read Returns the page of a cursor. */
  constructor(read) {
    this.#read = read;
  }

  /**
   * The pages, each with `workers` and the `total` of all pages.
   *
   * @returns {AsyncGenerator<WorkersPage, void, undefined>}
   */
  async *pages() {
    /** @type {string | undefined} */
    let cursor;
    do {
      const page = await this.#read(cursor);
      yield page;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** @returns {AsyncGenerator<ListedWorker, void, undefined>} */
  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page.workers;
  }

  /** Return all workers. */
  async all() {
    /** @type {ListedWorker[]} */
    const found = [];
    for await (const worker of this) found.push(worker);
    return found;
  }
}

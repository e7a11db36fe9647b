/** @typedef {import('./types.js').WorkersPage} WorkersPage */
/** @typedef {import('./types.js').ListedWorker} ListedWorker */
/**
 * A list that is read page by page, as far as it is iterated.
 *
 * @implements {AsyncIterable<ListedWorker>}
 */
export class WorkerList implements AsyncIterable<ListedWorker> {
    /** @param {(cursor?: string) => Promise<WorkersPage>} read Returns the page of a cursor. */
    constructor(read: (cursor?: string) => Promise<WorkersPage>);
    /**
     * The pages, each with `workers` and the `total` of all pages.
     *
     * @returns {AsyncGenerator<WorkersPage, void, undefined>}
     */
    pages(): AsyncGenerator<WorkersPage, void, undefined>;
    /** Return all workers. */
    all(): Promise<{
        id: string;
        script_name: string;
        created_on: string;
        modified_on: string;
        code24Metadata: import("../types/openapi.js").components["schemas"]["Code24MetadataModel"];
        kind: string;
        namespace: string;
        name: string;
        platform: string;
        ready: boolean;
        reason: string;
        message?: string | null;
        health: string;
        instances?: number | null;
        url?: string | null;
        requestsPerSecond?: string | null;
        errorRate?: string | null;
        rolloutPhase?: string | null;
        suspended: boolean;
        deleting: boolean;
    }[]>;
    /** @returns {AsyncGenerator<ListedWorker, void, undefined>} */
    [Symbol.asyncIterator](): AsyncGenerator<ListedWorker, void, undefined>;
    #private;
}
export type WorkersPage = import("./types.js").WorkersPage;
export type ListedWorker = import("./types.js").ListedWorker;

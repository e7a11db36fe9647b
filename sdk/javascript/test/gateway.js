// A local server that answers as a test says, and keeps what it was asked.

import http from "node:http";

/**
 * @typedef {{ method: string, url: URL, headers: http.IncomingHttpHeaders, text: string }} Asked
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown }} Answer
 * @typedef {Answer | ((asked: Asked, response: http.ServerResponse) => Answer | undefined)} Scripted
 */

/** Answers one request after another as scripted; the last answer again and again. */
export class FakeGateway {
  /** @param {Scripted[]} answers */
  constructor(answers) {
    this.answers = answers;
    /** @type {Asked[]} */
    this.asked = [];
    this.server = http.createServer((request, response) => this.#serve(request, response));
  }

  /**
   * Starts one that ends with a test.
   *
   * @param {{ after: (end: () => void) => void }} t
   * @param {Scripted[]} answers
   */
  static async start(t, ...answers) {
    const made = new FakeGateway(answers);
    await new Promise((resolve) => made.server.listen(0, "127.0.0.1", () => resolve(undefined)));
    t.after(() => {
      made.server.closeAllConnections();
      made.server.close();
    });
    return made;
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.server.address()).port}`;
  }

  /** The method and path of each request, with its query. */
  get calls() {
    return this.asked.map(({ method, url }) => `${method} ${url.pathname}${url.search}`);
  }

  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  async #serve(request, response) {
    let text = "";
    for await (const part of request) text += part;
    const url = new URL(request.url ?? "", this.url);
    const asked = { method: request.method ?? "", url, headers: request.headers, text };
    this.asked.push(asked);
    const scripted = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    const answer = typeof scripted === "function" ? scripted(asked, response) : scripted;
    if (answer === undefined) return;
    const { status = 200, headers = {}, body = { success: true } } = answer;
    response.writeHead(status, { "Content-Type": "application/json", "X-Request-Id": "request-1", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
}

/**
 * An answer that refuses a request.
 *
 * @param {number} status
 * @param {string} code
 * @param {Record<string, string>} [headers]
 */
export function refusal(status, code, headers) {
  const error = { code, message: "not now", field: null, documentation_url: `/api/docs#${code}` };
  return { status, headers, body: { success: false, errors: [error] } };
}

/** Closes the connection without an answer. @param {Asked} _ @param {http.ServerResponse} response */
export function hangUp(_, response) {
  response.destroy();
  return undefined;
}

/** Never answers. */
export function silence() {
  return undefined;
}

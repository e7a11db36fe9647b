import { abortable, deadline, sleep } from "./clock.js";
import { Code24Error, ConnectionError, errorOf } from "./errors.js";

/**
 * @typedef {object} Call
 * @property {'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
 * @property {string} path Begins with /api/.
 * @property {Record<string, unknown>} [query] Values that are undefined are left out.
 * @property {Record<string, string | undefined>} [headers]
 * @property {unknown} [body] JSON.
 * @property {AbortSignal} [signal]
 * @property {number} [timeoutMs] How long one attempt may take.
 */

/**
 * @typedef {object} RetryOptions
 * @property {number} [attempts] How often a call is tried, the first time included. Default: 4. 1: no retries.
 * @property {number} [minDelayMs] What the first pause is at most, without Retry-After; it doubles. Default: 250.
 * @property {number} [maxDelayMs] Longest pause; a longer Retry-After is an error at once. Default: 60,000.
 */

/**
 * @typedef {object} ClientOptions
 * @property {string | (() => string | Promise<string>)} [token] Bearer token, or what returns the current one, which is
 *   asked before each request. Default: the environment variable CODE24_API_TOKEN, where there are such.
 * @property {typeof globalThis.fetch} [fetch] Sends requests. Default: the global fetch.
 * @property {number} [timeoutMs] How long an answer may take. Default: 30,000, and what `wait` asks for on top.
 * @property {RetryOptions} [retries]
 * @property {(ms: number, signal?: AbortSignal) => Promise<void>} [sleep] Waits. Default: a timer.
 */

/** @typedef {{ data: any, headers: Headers }} Answer */

const TIMEOUT_MS = 30_000;
const RETRIES = { attempts: 4, minDelayMs: 250, maxDelayMs: 60_000 };
const TRANSIENT = [429, 502, 503, 504];
const TOKEN = /^[-._~+/A-Za-z0-9]+=*$/;

/** Sends calls: with the token, within a time, again where that is safe. */
export class Transport {
  /** @type {NonNullable<ClientOptions['token']> | undefined} */
  #token;
  /** @type {typeof globalThis.fetch} */
  #fetch;

  /**
   * @param {string | URL} baseUrl
   * @param {ClientOptions} options
   */
  constructor(baseUrl, options) {
    this.base = baseOf(baseUrl);
    this.#token = options.token;
    // Looked up for each request: what replaces the global one later counts, and no other `this` is its receiver.
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.retries = { ...RETRIES, ...options.retries };
    this.sleep = options.sleep ?? sleep;
  }

  /**
   * Return what a call answers. Throws Code24Error, or the reason of the signal.
   *
   * @param {Call} call
   * @returns {Promise<Answer>}
   */
  json(call) {
    return this.#attempts(call, (response) => read(call, response, (text) => JSON.parse(text)));
  }

  /**
   * Return what a call answers, as text.
   *
   * @param {Call} call
   * @returns {Promise<string>}
   */
  async text(call) {
    return (await this.#attempts(call, (response) => read(call, response, (text) => text))).data;
  }

  /**
   * Open a stream: the time of an attempt is over when the answer begins.
   *
   * @param {Call} call
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  stream(call) {
    return this.#attempts(call, async (response) => {
      if (!response.ok) await read(call, response, () => undefined);
      if (response.body === null) throw new ConnectionError(`${nameOf(call)}: the answer has no body`);
      return response.body;
    });
  }

  /**
   * Return the pause before another attempt in milliseconds: half of it at random.
   *
   * @param {number} failures How many attempts have failed.
   */
  pause(failures) {
    const { minDelayMs, maxDelayMs } = this.retries;
    return Math.min(maxDelayMs, minDelayMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  }

  /**
   * @template T
   * @param {Call} call
   * @param {(response: Response) => Promise<T>} finish
   * @returns {Promise<T>}
   */
  async #attempts(call, finish) {
    for (let failures = 1; ; failures += 1) {
      call.signal?.throwIfAborted();
      try {
        return await this.#attempt(call, finish);
      } catch (error) {
        if (!(error instanceof Code24Error) || failures >= this.retries.attempts || !isWorthwhile(error)) throw error;
        const asked = (error.retryAfter ?? 0) * 1000;
        if (asked > this.retries.maxDelayMs) throw error;
        await this.sleep(Math.max(asked, this.pause(failures)), call.signal);
      }
    }
  }

  /**
   * @template T
   * @param {Call} call
   * @param {(response: Response) => Promise<T>} finish
   * @returns {Promise<T>}
   */
  async #attempt(call, finish) {
    const ms = call.timeoutMs ?? this.timeoutMs;
    const late = () => new ConnectionError(`${nameOf(call)}: no answer within ${ms / 1000} s`);
    const timer = deadline(call.signal, ms, late);
    try {
      const sent = this.#send(call, timer.signal).then(finish);
      return await abortable(sent, timer.signal);
    } finally {
      timer.clear();
    }
  }

  /**
   * @param {Call} call
   * @param {AbortSignal} signal
   * @returns {Promise<Response>}
   */
  async #send(call, signal) {
    const token = await this.#currentToken();
    const response = await this.#exchange(call, signal, token);
    if (response.status !== 401 || typeof this.#token !== "function") return response;
    const next = await this.#currentToken();
    if (next === token) return response;
    await response.body?.cancel();
    return this.#exchange(call, signal, next);
  }

  /** @returns {Promise<string | undefined>} */
  async #currentToken() {
    const found = typeof this.#token === "function" ? await this.#token() : (this.#token ?? fromEnvironment());
    // fetch would quote a header that it refuses.
    if (found !== undefined && !TOKEN.test(found)) throw new TypeError("the token is not a bearer token (RFC 6750)");
    return found;
  }

  /**
   * @param {Call} call
   * @param {AbortSignal} signal
   * @param {string | undefined} token
   * @returns {Promise<Response>}
   */
  async #exchange(call, signal, token) {
    const headers = new Headers({ Accept: "application/json" });
    for (const [name, value] of Object.entries(call.headers ?? {})) {
      if (value !== undefined) headers.set(name, value);
    }
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    /** @type {RequestInit} */
    // A redirect is followed by nobody: the token is for this API.
    const init = { method: call.method, headers, signal, redirect: "manual" };
    if (call.body !== undefined) {
      headers.set("Content-Type", "application/json");
      init.body = JSON.stringify(call.body);
    }
    try {
      return await this.#fetch(`${this.base}${call.path}${queryOf(call.query)}`, init);
    } catch (error) {
      signal.throwIfAborted();
      throw new ConnectionError(`${nameOf(call)}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/**
 * @param {Call} call
 * @param {Response} response
 * @param {(text: string) => any} parse
 * @returns {Promise<Answer>}
 */
async function read(call, response, parse) {
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
    throw new Code24Error(`${nameOf(call)}: the address redirects; give the one that it leads to`, {
      status: response.status,
    });
  }
  const text = await textOf(call, response);
  if (!response.ok) throw errorOf(nameOf(call), response, parsed(text));
  try {
    return { data: parse(text), headers: response.headers };
  } catch {
    throw new Code24Error(`${nameOf(call)}: the answer is not JSON`, { status: response.status });
  }
}

/**
 * @param {Call} call
 * @param {Response} response
 */
async function textOf(call, response) {
  try {
    return await response.text();
  } catch (error) {
    throw new ConnectionError(`${nameOf(call)}: the answer broke off: ${reasonOf(error)}`, { cause: error });
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether it may help to try a call again. It does no harm: changes carry an idempotency key, or come to the same twice.
 *
 * @param {Code24Error} error
 */
function isWorthwhile(error) {
  return error instanceof ConnectionError || TRANSIENT.includes(error.status);
}

/** @param {string | URL} baseUrl */
function baseOf(baseUrl) {
  const url = parsedUrl(baseUrl);
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new TypeError("baseUrl must be an http or https URL");
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError("baseUrl must have no credentials, query or fragment");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** @param {string | URL} text */
function parsedUrl(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** @param {Record<string, unknown>} [query] */
function queryOf(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** @param {Call} call */
function nameOf(call) {
  return `${call.method} ${call.path}`;
}

/** @param {unknown} error What fetch has thrown: Node says more in its cause. */
function reasonOf(error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** @returns {string | undefined} */
function fromEnvironment() {
  return /** @type {any} */ (globalThis).process?.env?.CODE24_API_TOKEN || undefined;
}

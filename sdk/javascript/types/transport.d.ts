/** Sends calls: with the token, within a time, again where that is safe. */
export class Transport {
    /**
     * @param {string | URL} baseUrl
     * @param {ClientOptions} options
     */
    constructor(baseUrl: string | URL, options: ClientOptions);
    base: string;
    timeoutMs: number;
    retries: {
        /**
         * How often a call is tried, the first time included. Default: 4. 1: no retries.
         */
        attempts: number;
        /**
         * What the first pause is at most, without Retry-After; it doubles. Default: 250.
         */
        minDelayMs: number;
        /**
         * Longest pause; a longer Retry-After is an error at once. Default: 60,000.
         */
        maxDelayMs: number;
    };
    sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
    /**
     * Return what a call answers. Throws Code24Error, or the reason of the signal.
     *
     * @param {Call} call
     * @returns {Promise<Answer>}
     */
    json(call: Call): Promise<Answer>;
    /**
     * Return what a call answers, as text.
     *
     * @param {Call} call
     * @returns {Promise<string>}
     */
    text(call: Call): Promise<string>;
    /**
     * Open a stream: the time of an attempt is over when the answer begins.
     *
     * @param {Call} call
     * @returns {Promise<ReadableStream<Uint8Array>>}
     */
    stream(call: Call): Promise<ReadableStream<Uint8Array>>;
    /**
     * Return the pause before another attempt in milliseconds: half of it at random.
     *
     * @param {number} failures How many attempts have failed.
     */
    pause(failures: number): number;
    #private;
}
export type Call = {
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    /**
     * Begins with /api/.
     */
    path: string;
    /**
     * Values that are undefined are left out.
     */
    query?: Record<string, unknown> | undefined;
    headers?: Record<string, string | undefined> | undefined;
    /**
     * JSON.
     */
    body?: unknown;
    signal?: AbortSignal | undefined;
    /**
     * How long one attempt may take.
     */
    timeoutMs?: number | undefined;
};
export type RetryOptions = {
    /**
     * How often a call is tried, the first time included. Default: 4. 1: no retries.
     */
    attempts?: number | undefined;
    /**
     * What the first pause is at most, without Retry-After; it doubles. Default: 250.
     */
    minDelayMs?: number | undefined;
    /**
     * Longest pause; a longer Retry-After is an error at once. Default: 60,000.
     */
    maxDelayMs?: number | undefined;
};
export type ClientOptions = {
    /**
     * Bearer token, or what returns the current one, which is
     * asked before each request. Default: the environment variable CODE24_API_TOKEN, where there are such.
     */
    token?: string | (() => string | Promise<string>) | undefined;
    /**
     * Sends requests. Default: the global fetch.
     */
    fetch?: typeof fetch | undefined;
    /**
     * How long an answer may take. Default: 30,000, and what `wait` asks for on top.
     */
    timeoutMs?: number | undefined;
    retries?: RetryOptions | undefined;
    /**
     * Waits. Default: a timer.
     */
    sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
};
export type Answer = {
    data: any;
    headers: Headers;
};

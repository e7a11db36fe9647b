/**
 * Return the error that an answer means.
 *
 * @param {string} call Method and path.
 * @param {Response} response
 * @param {any} body What it holds as JSON; undefined if it holds none, e.g. because a proxy has answered.
 */
export function errorOf(call: string, response: Response, body: any): Code24Error;
/**
 * Return for how many seconds Retry-After asks (RFC 9110 §10.2.3); undefined if it does not.
 *
 * @param {Headers} headers
 * @param {number} now Unix time in milliseconds.
 */
export function retryAfter(headers: Headers, now: number): number | undefined;
/**
 * @typedef {object} ErrorItem One thing that is wrong.
 * @property {string} code Code, the same as a condition reason where there is one.
 * @property {string} message What is wrong, and what to do.
 * @property {string | null} field Field or parameter of the request, or null.
 * @property {string} [documentation_url] Where the code is explained, relative to the API.
 */
/**
 * @typedef {object} ErrorDetails
 * @property {number} [status]
 * @property {ErrorItem[]} [errors]
 * @property {string} [requestId]
 * @property {number} [retryAfter]
 * @property {import('./types.js').Worker} [worker]
 * @property {unknown} [cause]
 */
/** A call that did not do what was asked for. No error holds the token. */
export class Code24Error extends Error {
    /**
     * @param {string} message
     * @param {ErrorDetails} [details]
     */
    constructor(message: string, { status, errors, requestId, retryAfter, worker, cause }?: ErrorDetails);
    /** HTTP status; 0 if there was no answer. */
    status: number;
    /** Everything that is wrong, as the API says it. */
    errors: ErrorItem[];
    /** The id under which the gateway's audit log has the request. */
    requestId: string | undefined;
    /** Seconds after which the API asks to be called again. */
    retryAfter: number | undefined;
    /** The worker, where a change of it was made and has failed. */
    worker: import("./types.js").Worker | undefined;
    /**
     * Code of the first error, e.g. WorkerNotFound.
     *
     * @returns {string | undefined}
     */
    get code(): string | undefined;
}
/** 401: there is no token, or it is not valid. */
export class AuthenticationError extends Code24Error {
}
/** 403: the caller may not do this. */
export class ForbiddenError extends Code24Error {
}
/** 404: there is no such worker, or the caller may not see it. */
export class NotFoundError extends Code24Error {
}
/** 409: the state of the worker, or another manager of a field, does not allow it. */
export class ConflictError extends Code24Error {
}
/** 412: the worker has changed since the ETag of ifMatch. */
export class PreconditionFailedError extends Code24Error {
}
/** 422: the request is understood and cannot be carried out; `errors` name the fields. */
export class UnprocessableError extends Code24Error {
}
/** A worker that cannot be deployed as it is: `worker` has its conditions. */
export class DeploymentError extends UnprocessableError {
}
/** 429: too many requests. */
export class RateLimitError extends Code24Error {
}
/** 503: the Kubernetes API is unavailable, or the gateway is starting. */
export class UnavailableError extends Code24Error {
}
/** There was no answer: no connection, or not in time. It is not known whether a change was made. */
export class ConnectionError extends Code24Error {
}
/**
 * One thing that is wrong.
 */
export type ErrorItem = {
    /**
     * Code, the same as a condition reason where there is one.
     */
    code: string;
    /**
     * What is wrong, and what to do.
     */
    message: string;
    /**
     * Field or parameter of the request, or null.
     */
    field: string | null;
    /**
     * Where the code is explained, relative to the API.
     */
    documentation_url?: string | undefined;
};
export type ErrorDetails = {
    status?: number | undefined;
    errors?: ErrorItem[] | undefined;
    requestId?: string | undefined;
    retryAfter?: number | undefined;
    worker?: import("./types.js").Worker | undefined;
    cause?: unknown;
};

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
  static {
    Code24Error.prototype.name = "Code24Error";
  }

  /**
   * @param {string} message
   * @param {ErrorDetails} [details]
   */
  constructor(message, { status = 0, errors = [], requestId, retryAfter, worker, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    /** HTTP status; 0 if there was no answer. */
    this.status = status;
    /** Everything that is wrong, as the API says it. */
    this.errors = errors;
    /** The id under which the gateway's audit log has the request. */
    this.requestId = requestId;
    /** Seconds after which the API asks to be called again. */
    this.retryAfter = retryAfter;
    /** The worker, where a change of it was made and has failed. */
    this.worker = worker;
  }

  /**
   * Code of the first error, e.g. WorkerNotFound.
   *
   * @returns {string | undefined}
   */
  get code() {
    return this.errors[0]?.code;
  }
}

/** 401: there is no token, or it is not valid. */
export class AuthenticationError extends Code24Error {
  static {
    AuthenticationError.prototype.name = "AuthenticationError";
  }
}

/** 403: the caller may not do this. */
export class ForbiddenError extends Code24Error {
  static {
    ForbiddenError.prototype.name = "ForbiddenError";
  }
}

/** 404: there is no such worker, or the caller may not see it. */
export class NotFoundError extends Code24Error {
  static {
    NotFoundError.prototype.name = "NotFoundError";
  }
}

/** 409: the state of the worker, or another manager of a field, does not allow it. */
export class ConflictError extends Code24Error {
  static {
    ConflictError.prototype.name = "ConflictError";
  }
}

/** 412: the worker has changed since the ETag of ifMatch. */
export class PreconditionFailedError extends Code24Error {
  static {
    PreconditionFailedError.prototype.name = "PreconditionFailedError";
  }
}

/** 422: the request is understood and cannot be carried out; `errors` name the fields. */
export class UnprocessableError extends Code24Error {
  static {
    UnprocessableError.prototype.name = "UnprocessableError";
  }
}

/** A worker that cannot be deployed as it is: `worker` has its conditions. */
export class DeploymentError extends UnprocessableError {
  static {
    DeploymentError.prototype.name = "DeploymentError";
  }
}

/** 429: too many requests. */
export class RateLimitError extends Code24Error {
  static {
    RateLimitError.prototype.name = "RateLimitError";
  }
}

/** 503: the Kubernetes API is unavailable, or the gateway is starting. */
export class UnavailableError extends Code24Error {
  static {
    UnavailableError.prototype.name = "UnavailableError";
  }
}

/** There was no answer: no connection, or not in time. It is not known whether a change was made. */
export class ConnectionError extends Code24Error {
  static {
    ConnectionError.prototype.name = "ConnectionError";
  }
}

/** @type {Readonly<Record<number, typeof Code24Error>>} */
const BY_STATUS = {
  401: AuthenticationError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  412: PreconditionFailedError,
  422: UnprocessableError,
  429: RateLimitError,
  503: UnavailableError,
};

/**
 * Return the error that an answer means.
 *
 * @param {string} call Method and path.
 * @param {Response} response
 * @param {any} body What it holds as JSON; undefined if it holds none, e.g. because a proxy has answered.
 */
export function errorOf(call, response, body) {
  const { status } = response;
  const given = Array.isArray(body?.errors) ? body.errors : [];
  /** @type {ErrorItem[]} */
  const errors = given.length > 0 ? given : [{ code: `Http${status}`, message: `status ${status}`, field: null }];
  const type = body?.worker !== undefined ? DeploymentError : (BY_STATUS[status] ?? Code24Error);
  const said = errors.map((error) => `${error.code}: ${error.message}`).join("; ");
  return new type(`${call}: ${said}`, {
    status,
    errors,
    requestId: response.headers.get("X-Request-Id") ?? undefined,
    retryAfter: retryAfter(response.headers, Date.now()),
    worker: body?.worker,
  });
}

/**
 * Return for how many seconds Retry-After asks (RFC 9110 §10.2.3); undefined if it does not.
 *
 * @param {Headers} headers
 * @param {number} now Unix time in milliseconds.
 */
export function retryAfter(headers, now) {
  const text = headers.get("Retry-After")?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

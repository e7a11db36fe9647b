/** @typedef {import("./transport.js").ClientOptions} ClientOptions */
/** @typedef {import("./transport.js").RetryOptions} RetryOptions */
/** @typedef {import("./errors.js").ErrorItem} ErrorItem */

export { Code24WorkersAPI } from "./api.js";
export {
  AuthenticationError,
  Code24Error,
  ConflictError,
  ConnectionError,
  DeploymentError,
  ForbiddenError,
  NotFoundError,
  PreconditionFailedError,
  RateLimitError,
  UnavailableError,
  UnprocessableError,
} from "./errors.js";
export { WorkerList } from "./pages.js";
export * from "./types.js";

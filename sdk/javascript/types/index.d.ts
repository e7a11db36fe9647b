export { Code24WorkersAPI } from "./api.js";
export { WorkerList } from "./pages.js";
export * from "./types.js";
export type ClientOptions = import("./transport.js").ClientOptions;
export type RetryOptions = import("./transport.js").RetryOptions;
export type ErrorItem = import("./errors.js").ErrorItem;
export { AuthenticationError, Code24Error, ConflictError, ConnectionError, DeploymentError, ForbiddenError, NotFoundError, PreconditionFailedError, RateLimitError, UnavailableError, UnprocessableError } from "./errors.js";

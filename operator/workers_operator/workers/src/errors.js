/** Errors that workers throw, and the JSON form of the platform's own errors. */

const LIMIT_MESSAGE =
  /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;

/** The text of a thrown value. Workers can throw anything: undefined, a string, an object without a message. @param {any} error */
export function errorText(error) {
  return String(error?.message ?? error);
}

/** Whether the dispatch namespace has no script of that name. @param {unknown} error */
export function isMissing(error) {
  return errorText(error).startsWith("Worker not found");
}

/** Whether a worker exceeded its CPU, memory or subrequest limit. @param {unknown} error */
export function isOverLimit(error) {
  return LIMIT_MESSAGE.test(errorText(error));
}

/** The JSON body of an error response. @param {string} code @param {string} message */
export function errorJson(code, message) {
  return JSON.stringify({ error: { code, message } });
}

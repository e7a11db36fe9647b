/** Feature "cors": answers preflights and sets the CORS headers (fetch.spec.whatwg.org, CORS protocol). */

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const HEADERS = ["Authorization", "Content-Type", "X-API-Key", "API-Version"];
const MAX_AGE_S = 600;

/**
 * @typedef {object} CorsParameters
 * @property {string[]} [allowOrigins] "*" or origins
 * @property {string[]} [allowMethods]
 * @property {string[]} [allowHeaders]
 * @property {string[]} [exposeHeaders]
 * @property {number} [maxAge] seconds
 * @property {boolean} [allowCredentials]
 */

/** Return whether a request is a CORS preflight. @param {Request} request */
export function isPreflight(request) {
  return (
    request.method === "OPTIONS" &&
    request.headers.has("Origin") &&
    request.headers.has("Access-Control-Request-Method")
  );
}

/**
 * Return the response to a preflight. It has no Access-Control headers if the origin is not allowed.
 * @param {Request} request
 * @param {CorsParameters} parameters
 */
export function preflight(request, parameters) {
  const answer = new Response(null, { status: 204, headers: { Vary: "Origin" } });
  if (!allow(request, answer, parameters)) return answer;
  const { allowMethods = METHODS, allowHeaders = HEADERS, maxAge = MAX_AGE_S } = parameters;
  answer.headers.set("Access-Control-Allow-Methods", allowMethods.join(", "));
  answer.headers.set("Access-Control-Allow-Headers", allowHeaders.join(", "));
  answer.headers.set("Access-Control-Max-Age", String(maxAge));
  return answer;
}

/**
 * Set the CORS headers of a response, in place of the upstream's.
 * @param {Request} request
 * @param {Response} response
 * @param {CorsParameters} parameters
 * @returns {boolean} whether the origin is allowed
 */
export function allow(request, response, { allowOrigins = [], exposeHeaders = [], allowCredentials = false }) {
  for (const name of [...response.headers.keys()])
    if (name.startsWith("access-control-")) response.headers.delete(name);
  const origin = request.headers.get("Origin");
  const isListed = origin !== null && allowOrigins.includes(origin);
  if (!/\bOrigin\b/i.test(response.headers.get("Vary") ?? "")) response.headers.append("Vary", "Origin");
  if (origin === null || (!isListed && !allowOrigins.includes("*"))) return false;
  response.headers.set("Access-Control-Allow-Origin", isListed ? origin : "*");
  // Never for "*": any page could then send requests with the visitor's credentials.
  if (allowCredentials && isListed) response.headers.set("Access-Control-Allow-Credentials", "true");
  if (exposeHeaders.length > 0) response.headers.set("Access-Control-Expose-Headers", exposeHeaders.join(", "));
  return true;
}

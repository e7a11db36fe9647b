/** The operator's configuration of a Worker: CONFIG {customerId, environment, type?, plan?, features, parameters}. */

export const HEALTH_PATH = "/.well-known/code24/health";

/** Return whether a request is a health check, under any path prefix. @param {URL} url */
export function asksHealth(url) {
  return url.pathname.endsWith(HEALTH_PATH);
}

/**
 * Return CONFIG with defaults, so that a Worker without it can report what is missing.
 * @param {{CONFIG?: Partial<import("./types.d.ts").Config>}} env
 * @returns {import("./types.d.ts").Config}
 */
export function readConfig(env) {
  const config = env.CONFIG ?? {};
  return { ...config, features: config.features ?? [], parameters: config.parameters ?? {} };
}

/** Return a feature's parameters, or null if it is disabled. @param {import("./types.d.ts").Config} config @param {string} name */
export function feature({ features, parameters }, name) {
  return features.includes(name) ? (parameters[name] ?? {}) : null;
}

/**
 * Parse a parameter as an http(s) URL. Returns {url} or {problem}, whose text never contains the value.
 * @param {Record<string, any>} parameters
 * @param {string} name
 * @param {string} example
 * @returns {import("./types.d.ts").NamedUrl}
 */
export function httpUrl(parameters, name, example) {
  const value = parameters[name];
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    return { problem: `parameters.${name} must be an http(s) URL, e.g. ${example}` };
  if (url.username || url.password) return { problem: `parameters.${name} must not hold credentials.` };
  return { url };
}

/** Return a parameter that is a non-negative integer; any other value is ignored. @param {any} value @param {number} otherwise */
export function wholeNumber(value, otherwise) {
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

/** What the operator tells a Worker: CONFIG {customerId, environment, type?, plan?, features, parameters}. */

export const HEALTH_PATH = "/.well-known/code24/health";

/** Whether a request asks for the Worker's own health, below whatever path it is published. @param {URL} url */
export function asksHealth(url) {
  return url.pathname.endsWith(HEALTH_PATH);
}

/**
 * CONFIG with nothing missing, so that a Worker without it still tells what it lacks.
 * @param {{CONFIG?: Partial<import("./types.d.ts").Config>}} env
 * @returns {import("./types.d.ts").Config}
 */
export function readConfig(env) {
  const config = env.CONFIG ?? {};
  return { ...config, features: config.features ?? [], parameters: config.parameters ?? {} };
}

/** A feature's own parameters where it is on, else null. @param {import("./types.d.ts").Config} config @param {string} name */
export function feature({ features, parameters }, name) {
  return features.includes(name) ? (parameters[name] ?? {}) : null;
}

/**
 * The http(s) URL that a parameter holds: {url}, or {problem} in words that never repeat the value.
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

/** A parameter that is a whole number of at least 0; anything else is as if it were not there. @param {any} value @param {number} otherwise */
export function wholeNumber(value, otherwise) {
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

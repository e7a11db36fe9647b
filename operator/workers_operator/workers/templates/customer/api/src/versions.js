/** Which upstream a request means: by the first part of its path, by a header, or the default. */

const HEADER = "API-Version";

/**
 * @typedef {object} Upstream
 * @property {string} version e.g. v1
 * @property {string} origin
 * @property {string} [deprecated] date from which on it should not be used, e.g. 2027-01-31
 * @property {string} [sunset] date from which on it is no more
 */

/**
 * @typedef {object} ApiParameters as the customer wrote them
 * @property {unknown} [upstreams]
 * @property {string} [defaultVersion]
 * @property {string} [versionHeader]
 * @property {boolean} [keepVersion]
 */

/** @typedef {{upstream: Upstream, url: URL, prefix: string}} Route `url`: as the upstream gets it; `prefix`: what was cut */

/**
 * The route of a request, or null where there is no such version.
 * @param {Request} request
 * @param {URL} url
 * @param {ApiParameters} parameters
 * @returns {Route | null}
 */
export function routeOf(request, url, { upstreams, defaultVersion, versionHeader, keepVersion }) {
  /** @param {string | undefined} version */
  const named = (version) => usable(upstreams).find((upstream) => upstream.version === version);
  const first = url.pathname.split("/")[1];
  const byPath = named(first);
  if (byPath) {
    if (keepVersion === true) return { upstream: byPath, url, prefix: "" };
    const prefix = `/${first}`;
    const target = new URL(url);
    target.pathname = url.pathname.slice(prefix.length) || "/";
    return { upstream: byPath, url: target, prefix };
  }
  const upstream = named(request.headers.get(versionHeader ?? HEADER) ?? defaultVersion);
  return upstream ? { upstream, url, prefix: "" } : null;
}

/** Those of the upstreams that have a version. @param {unknown} upstreams @returns {Upstream[]} */
function usable(upstreams) {
  const listed = Array.isArray(upstreams) ? upstreams : [];
  return listed.filter((upstream) => typeof upstream?.version === "string");
}

/** The names of all versions. @param {ApiParameters} parameters */
export function versionsOf({ upstreams }) {
  return usable(upstreams).map(({ version }) => version);
}

/** Whether a version is no more. @param {Upstream} upstream */
export function isGone({ sunset }) {
  return Date.parse(sunset ?? "") <= Date.now();
}

/**
 * Tells which version has answered, and how long there will be one (RFC 9745, RFC 8594).
 * @param {Response} response
 * @param {Upstream} upstream
 * @param {unknown} header
 */
export function tellVersion(response, { version, deprecated, sunset }, header) {
  response.headers.set(typeof header === "string" ? header : HEADER, version);
  const since = Date.parse(deprecated ?? "");
  const until = Date.parse(sunset ?? "");
  if (!Number.isNaN(since)) response.headers.set("Deprecation", `@${since / 1000}`);
  if (!Number.isNaN(until)) response.headers.set("Sunset", new Date(until).toUTCString());
}

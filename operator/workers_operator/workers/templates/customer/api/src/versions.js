/** Selects the upstream of a request: by the first segment of its path, by a header, or the default version. */

const HEADER = "API-Version";

/**
 * @typedef {object} Upstream
 * @property {string} version e.g. v1
 * @property {string} origin
 * @property {string} [deprecated] date from which it is deprecated, e.g. 2027-01-31
 * @property {string} [sunset] date from which it is no longer available
 */

/**
 * @typedef {object} ApiParameters unvalidated
 * @property {unknown} [upstreams]
 * @property {string} [defaultVersion]
 * @property {string} [versionHeader]
 * @property {boolean} [keepVersion]
 */

/** @typedef {{upstream: Upstream, url: URL, prefix: string}} Route `url`: for the upstream; `prefix`: removed from the path */

/**
 * Return the route of a request, or null if its version does not exist.
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

/** Return the upstreams with a version. @param {unknown} upstreams @returns {Upstream[]} */
function usable(upstreams) {
  const listed = Array.isArray(upstreams) ? upstreams : [];
  return listed.filter((upstream) => typeof upstream?.version === "string");
}

/** Return the names of all versions. @param {ApiParameters} parameters */
export function versionsOf({ upstreams }) {
  return usable(upstreams).map(({ version }) => version);
}

/** Return whether a version is no longer available. @param {Upstream} upstream */
export function isGone({ sunset }) {
  return Date.parse(sunset ?? "") <= Date.now();
}

/**
 * Set the headers for the version, its deprecation (RFC 9745) and its sunset (RFC 8594).
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

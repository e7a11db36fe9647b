/** The routing table in KV: finds the route for a hostname and a path. */

import { readKv } from "./routing.js";

/** The hosts that a route can have, as domain/routes.py accepts them: nobody can claim any other one. */
const CLAIMABLE = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
const MAX_HOST = 253;

/**
 * @typedef {object} StoredRoute
 * @property {string} path
 * @property {string} [worker]
 * @property {string} [script]
 * @property {string} [customer]
 * @property {any} [stable] decoded in routing.js, as are `canary`, `limits` and `egress`
 * @property {any} [canary]
 * @property {any} [limits]
 * @property {any} [egress]
 * @property {any} [affinity] see affinity.js
 */

/** @typedef {{routes?: unknown}} Entry */
/** @typedef {{route: StoredRoute} | {problem: string}} Found */

/**
 * Return the most specific route as it is stored, or the code of an error. Most requests need a single KV read. A host
 * without an entry of its own needs one more, of all wildcards that cover it; a host that nobody can claim needs none.
 * @param {KVNamespace} kv
 * @param {{host: string, path: string, query: string}} address
 * @returns {Promise<Found>}
 */
export async function findRoute(kv, { host, path: asked, query }) {
  if (host.length > MAX_HOST || !CLAIMABLE.test(host)) return { problem: "unknown_host" };
  const path = normalizedPath(asked);
  const entry = await readKv((options) => kv.get(`host:${host}`, { type: "json", ...options }));
  const own = firstMatch([entry], path, query);
  if ("route" in own || own.problem === "bad_routing_entry") return own;
  const wildcards = wildcardKeys(host);
  if (wildcards.length === 0) return own;
  /** @type {Map<string, Entry | null>} */
  const entries = await readKv((options) => kv.get(wildcards, { type: "json", ...options }));
  const wider = firstMatch(
    wildcards.map((key) => entries.get(key)),
    path,
    query,
  );
  return "problem" in wider && wider.problem === "unknown_host" ? own : wider;
}

/**
 * Return the route of the first entry that has one for the path. An entry that does not exist is null or undefined.
 * @param {(Entry | null | undefined)[]} entries
 * @param {string} path
 * @param {string} query
 * @returns {Found}
 */
function firstMatch(entries, path, query) {
  let problem = "unknown_host";
  for (const entry of entries) {
    if (entry === null || entry === undefined) continue;
    if (!Array.isArray(entry.routes)) return { problem: "bad_routing_entry" };
    const route = longestMatch(entry.routes, path, query);
    if (route) return { route };
    problem = "no_route";
  }
  return { problem };
}

/**
 * Return a URL's path as Cloudflare normalises it before Workers see it, whether the zone has that switched on or not;
 * domain/routes.py normalises patterns likewise. The URL has removed dot segments and turned backslashes round.
 * @param {string} path
 */
function normalizedPath(path) {
  if (!/[%^]|\/\//.test(path)) return path;
  return path
    .replace(/%[0-9a-f]{2}/gi, (code) => {
      const char = String.fromCharCode(parseInt(code.slice(1), 16));
      return /[a-z0-9._~-]/i.test(char) ? char : code.toUpperCase();
    })
    .replaceAll("^", "%5E")
    .replace(/\/{2,}/g, "/");
}

/** List the keys of the wildcards that cover a host, closest first. No wildcard covers a top-level domain. @param {string} host */
function wildcardKeys(host) {
  const labels = host.split(".");
  return labels.slice(1, -1).map((_, index) => `host:*.${labels.slice(index + 1).join(".")}`);
}

/**
 * Return the matching route with the longest path; an exact path wins over a prefix of the same length.
 * @param {any[]} routes
 * @param {string} path
 * @param {string} query
 * @returns {StoredRoute | null}
 */
function longestMatch(routes, path, query) {
  let best = null;
  let bestLength = -1;
  for (const route of routes) {
    if (typeof route?.path !== "string") continue;
    const length = matchLength(route.path, path, query);
    if (length > bestLength) [best, bestLength] = [route, length];
  }
  return best;
}

/**
 * Return how specific a route's path is for a request, or -1 if it does not match. An exact path matches no URL with a
 * query, as at Cloudflare.
 * @param {string} routePath
 * @param {string} path
 * @param {string} query
 */
function matchLength(routePath, path, query) {
  if (routePath.startsWith("=")) return path + query === routePath.slice(1) ? routePath.length : -1;
  if (routePath.endsWith("*")) {
    const prefix = routePath.slice(0, -1);
    return path.startsWith(prefix) ? prefix.length : -1;
  }
  const folder = trimSlash(routePath);
  return folder === "" || path === folder || path.startsWith(`${folder}/`) ? folder.length : -1;
}

/** @param {string} path */
function trimSlash(path) {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

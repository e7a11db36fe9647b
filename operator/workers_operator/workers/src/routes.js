/** The routing table in KV: finds the route for a hostname and a path. */

import { readKv } from "./routing.js";

/**
 * @typedef {object} StoredRoute
 * @property {string} path
 * @property {string} [worker]
 * @property {string} [script]
 * @property {string} [customer]
 * @property {any} [stable] decoded in routing.js, as are `canary` and `limits`
 * @property {any} [canary]
 * @property {any} [limits]
 */

/**
 * Return the most specific route as it is stored, or the code of an error. Most requests need a single KV read.
 * @param {KVNamespace} kv
 * @param {{host: string, path: string, query: string}} address
 * @returns {Promise<{route: StoredRoute} | {problem: string}>}
 */
export async function findRoute(kv, { host, path: asked, query }) {
  const path = normalizedPath(asked);
  let known = false;
  for (const name of hostKeys(host)) {
    const entry = await readEntry(kv, `host:${name}`);
    if (entry === null) continue;
    if (!Array.isArray(entry.routes)) return { problem: "bad_routing_entry" };
    known = true;
    const route = longestMatch(entry.routes, path, query);
    if (route) return { route };
  }
  return { problem: known ? "no_route" : "unknown_host" };
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

/** List the host itself, then the wildcards that cover it, closest first. No wildcard covers a top-level domain. @param {string} host */
function hostKeys(host) {
  const labels = host.split(".");
  const parents = labels.slice(1, -1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
  return [host, ...parents];
}

/** @param {KVNamespace} kv @param {string} key @returns {Promise<{routes?: unknown} | null>} */
function readEntry(kv, key) {
  return readKv((options) => kv.get(key, { type: "json", ...options }));
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

/**
 * The platform dispatcher: has every request to `*.<domain>/*` answered by the user Worker that host and path lead to.
 *
 * Bindings: DISPATCHER (dispatch namespace), WORKER_METADATA (KV), WORKERS_ANALYTICS (Analytics Engine),
 * ENVIRONMENT (text).
 *
 * Routing entry, KV `host:<hostname>` (written by the operator, domain/routing.py):
 *   {"v":1,"routes":[{"path":"/elite/brand","worker":"brand-worker-c1","script":"brand-worker-c1","customer":"c1",
 *                     "stable":{"hash":"ab12cd34","instances":2},"limits":{"cpuMs":100,"subRequests":50}}]}
 * `worker` is the name people know, `script` the first part of `<script>--<hash>--<instance>`, the uploaded scripts.
 * `path`: "" is every path, "/a" that path and everything below it, "/a*" every path that begins so, "=/a" exactly that
 * one. The most specific route wins, as at Cloudflare: the exact host's, then `host:*.<parent>`'s, closest parent first;
 * of one host's the longest.
 *
 * Request header `Code24-Instance: <i>` picks one instance (tests, debugging); it isn't passed on.
 * Response headers: `Code24-Version: <hash>` once a version is known (also on its errors), `Code24-Instance: <i>`
 * where an instance was asked, `Code24-Error: <code>` on the dispatcher's own answers only. A WebSocket upgrade is
 * left untouched.
 *
 * Analytics Engine, one data point a request (columns only ever grow at the end: readers count on their places):
 *   index1   worker name, cut to 96 bytes; empty when no route was found
 *   blob1    hostname             blob2  worker name       blob3  version hash
 *   blob4    outcome: ok | exception | limit | not_found | parked | unknown_host | no_route | routing_error
 *   blob5    method               blob6  status class, "2xx"
 *   blob7    environment          blob8  customer
 *   double1  status               double2  ms until the response's headers       double3  instance, -1: none was asked
 */

const CACHE_TTL_S = 30; // the least that KV allows: a route change is seen this much sooner than by the default of 60
const MAX_INDEX_BYTES = 96;
const LIMIT_MESSAGE =
  /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;

/** @typedef {{path: string, worker: string, script: string, customer?: string, stable: Stable, limits?: Limits}} Route */
/** @typedef {{hash: string, instances: number}} Stable */
/** @typedef {{cpuMs?: number, subRequests?: number}} Limits */
/** @typedef {{status: number, outcome: string, title: string, message: string, retryAfter?: number}} Answer */

/**
 * @typedef {object} Env
 * @property {DispatchNamespace} DISPATCHER
 * @property {KVNamespace} WORKER_METADATA
 * @property {AnalyticsEngineDataset} WORKERS_ANALYTICS
 * @property {string} [ENVIRONMENT]
 */

/**
 * @typedef {object} Visit
 * @property {Request} request
 * @property {string} path
 * @property {string} host
 * @property {Route | null} route
 * @property {number} instance -1: none was asked
 * @property {string} outcome
 */

/** @typedef {Visit & {route: Route}} RoutedVisit */

/** The dispatcher's own answers, by the code that callers see. @type {Record<string, Answer>} */
const ANSWERS = {
  unknown_host: {
    status: 404,
    outcome: "unknown_host",
    title: "Site not found",
    message: "There is no site at this address.",
  },
  no_route: {
    status: 404,
    outcome: "no_route",
    title: "Page not found",
    message: "Nothing is published under this path.",
  },
  parked: {
    status: 503,
    outcome: "parked",
    title: "This site is paused",
    message: "This site is paused. Please come back later.",
    retryAfter: 60,
  },
  worker_unavailable: {
    status: 503,
    outcome: "not_found",
    title: "Site unavailable",
    message: "This site is not available at the moment.",
    retryAfter: 10,
  },
  worker_exception: {
    status: 500,
    outcome: "exception",
    title: "Something went wrong",
    message: "This site failed to answer the request.",
  },
  worker_limit_exceeded: {
    status: 503,
    outcome: "limit",
    title: "Site overloaded",
    message: "This site needed more resources than it may use.",
    retryAfter: 10,
  },
  bad_routing_entry: {
    status: 500,
    outcome: "routing_error",
    title: "Site misconfigured",
    message: "The routing entry of this site is malformed.",
  },
  routing_unavailable: {
    status: 503,
    outcome: "routing_error",
    title: "Site unavailable",
    message: "The routing table cannot be read at the moment.",
    retryAfter: 5,
  },
};

/** @type {ExportedHandler<Env>} */
export default {
  async fetch(request, env) {
    const started = Date.now();
    const url = new URL(request.url);
    /** @type {Visit} */
    const visit = {
      request,
      path: url.pathname,
      host: url.hostname.replace(/\.$/, ""),
      route: null,
      instance: -1,
      outcome: "ok",
    };
    const response = await answer(visit, env);
    record(visit, response.status, Date.now() - started, env);
    return response;
  },
};

/** Finds the route of a visit and has its worker answer; never throws. @param {Visit} visit @param {Env} env */
async function answer(visit, env) {
  let found;
  try {
    found = await findRoute(env.WORKER_METADATA, visit);
  } catch (error) {
    return refuse(visit, error instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", error);
  }
  if ("problem" in found) return refuse(visit, found.problem);
  const { route } = found;
  if (!isUsable(route)) return refuse(visit, "bad_routing_entry");
  visit.route = route;
  if (route.stable.instances === 0) return refuse(visit, "parked");
  return dispatch(/** @type {RoutedVisit} */ (visit), env.DISPATCHER);
}

/**
 * The most specific route of host and path, as it was written, or the code of what is wrong. Most requests cost one read.
 * @param {KVNamespace} kv
 * @param {{host: string, path: string}} visit
 * @returns {Promise<{route: Partial<Route>} | {problem: string}>}
 */
async function findRoute(kv, { host, path }) {
  let known = false;
  for (const name of hostKeys(host)) {
    const entry = await readEntry(kv, `host:${name}`);
    if (entry === null) continue;
    if (!Array.isArray(entry.routes)) return { problem: "bad_routing_entry" };
    known = true;
    const route = longestMatch(entry.routes, path);
    if (route) return { route };
  }
  return { problem: known ? "no_route" : "unknown_host" };
}

/** The host itself, then the wildcards that it lies below, the closest first; no wildcard spans a top-level domain. @param {string} host */
function hostKeys(host) {
  const labels = host.split(".");
  const parents = labels.slice(1, -1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
  return [host, ...parents];
}

/**
 * The routing entry of a hostname, or null. Malformed JSON is a SyntaxError; any other failure is tried once more.
 * @param {KVNamespace} kv
 * @param {string} key
 * @returns {Promise<{routes?: unknown} | null>}
 */
async function readEntry(kv, key) {
  try {
    return await kv.get(key, { type: "json", cacheTtl: CACHE_TTL_S });
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return kv.get(key, "json"); // a passing failure, or a cacheTtl that is refused (its minimum was 60 once)
  }
}

/**
 * Of the routes that match the path the one with the longest; an exact one before a prefix of its length.
 * @param {(Partial<Route> | null)[]} routes
 * @param {string} path
 */
function longestMatch(routes, path) {
  /** @type {Partial<Route> | null} */
  let best = null;
  let bestLength = -1;
  for (const route of routes) {
    if (typeof route?.path !== "string") continue;
    const length = matchLength(route.path, path);
    if (length > bestLength) [best, bestLength] = [route, length];
  }
  return best;
}

/** How specific a route's path is for a request's path; -1 where it does not match. @param {string} routePath @param {string} path */
function matchLength(routePath, path) {
  if (routePath.startsWith("=")) return path === routePath.slice(1) ? routePath.length : -1;
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

/** @param {Partial<Route>} route @returns {route is Route} */
function isUsable(route) {
  const { hash, instances = -1 } = route.stable ?? {};
  return Boolean(route.script && route.worker && hash) && Number.isInteger(instances) && instances >= 0;
}

/**
 * Has one instance answer. A missing instance is replaced by another one, once, as long as the body is unread.
 * @param {RoutedVisit} visit
 * @param {DispatchNamespace} namespace
 */
async function dispatch(visit, namespace) {
  const { stable } = visit.route;
  const asked = askedInstance(visit.request, stable.instances);
  const forwarded = forwardable(visit.request);
  visit.instance = asked ?? randomBelow(stable.instances);
  try {
    return await askInstance(visit, namespace, forwarded);
  } catch (error) {
    // Who asked for an instance wants to hear about that one; nor is there another of a single one.
    if (!isMissing(error) || asked !== null || stable.instances === 1 || forwarded.bodyUsed)
      return refuseError(visit, error);
  }
  visit.instance = (visit.instance + 1 + randomBelow(stable.instances - 1)) % stable.instances;
  try {
    return await askInstance(visit, namespace, forwarded);
  } catch (error) {
    return refuseError(visit, error);
  }
}

/** @param {RoutedVisit} visit @param {DispatchNamespace} namespace @param {Request} forwarded */
async function askInstance(visit, namespace, forwarded) {
  const { script, stable, limits } = visit.route;
  const name = `${script}--${stable.hash}--${visit.instance}`;
  const response = await namespace.get(name, {}, limits ? { limits } : {}).fetch(forwarded);
  if (response.webSocket) return response; // an upgrade is bound to this very object
  const copy = new Response(response.body, response); // a received response's headers are immutable
  copy.headers.delete("Code24-Error"); // ours alone: a probe must be able to trust it
  return stamp(visit, copy);
}

/** The request as the worker gets it: redirects are the visitor's to follow, our own header is left out. @param {Request} request */
function forwardable(request) {
  const headers = new Headers(request.headers);
  headers.delete("Code24-Instance");
  return new Request(request, { headers, redirect: "manual" });
}

/** @param {Request} request @param {number} instances */
function askedInstance(request, instances) {
  const value = request.headers.get("Code24-Instance");
  return value !== null && /^\d{1,4}$/.test(value) && Number(value) < instances ? Number(value) : null;
}

/** @param {number} bound */
function randomBelow(bound) {
  return Math.floor(Math.random() * bound);
}

/** @param {unknown} error */
function isMissing(error) {
  return errorText(error).startsWith("Worker not found");
}

/** The answer to what a worker threw. Its text may tell secrets, so that visitors never see it. @param {Visit} visit @param {unknown} error */
function refuseError(visit, error) {
  if (isMissing(error)) return refuse(visit, "worker_unavailable");
  return refuse(visit, LIMIT_MESSAGE.test(errorText(error)) ? "worker_limit_exceeded" : "worker_exception");
}

/** Workers may throw anything: undefined, a string, an object without a message. @param {any} error */
function errorText(error) {
  return String(error?.message ?? error);
}

/**
 * The dispatcher's own answer: a page for browsers, JSON for everyone else.
 * @param {Visit} visit
 * @param {string} code
 * @param {unknown} [cause]
 */
function refuse(visit, code, cause) {
  const { status, outcome, title, message, retryAfter } = ANSWERS[code];
  visit.outcome = outcome;
  if (outcome === "routing_error") console.error(`${code}: host ${visit.host}`, cause ? errorText(cause) : "");
  const asHtml = (visit.request.headers.get("Accept") ?? "").includes("text/html");
  const headers = new Headers({
    "Content-Type": asHtml ? "text/html; charset=utf-8" : "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Code24-Error": code,
    Vary: "Accept",
  });
  if (retryAfter) headers.set("Retry-After", String(retryAfter));
  const body = asHtml ? page(status, title, message, visit.host) : JSON.stringify({ error: { code, message } });
  return stamp(visit, new Response(body, { status, headers }));
}

/** @param {Visit} visit @param {Response} response */
function stamp(visit, response) {
  if (visit.route) response.headers.set("Code24-Version", visit.route.stable.hash);
  if (visit.instance >= 0) response.headers.set("Code24-Instance", String(visit.instance));
  return response;
}

/** @param {number} status @param {string} title @param {string} message @param {string} host */
function page(status, title, message, host) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
body{background:light-dark(#f6f7f9,#14161a);color:light-dark(#1c2024,#e8eaed)}
main{max-width:30rem;margin:1rem;padding:2.5rem;border-radius:1rem}
main{background:light-dark(#fff,#1e2126);box-shadow:0 1px 3px #0002,0 8px 32px #0001}
p{margin:.5rem 0 0}h1{margin:0;font-size:1.5rem;line-height:1.25}
small{display:block;margin-top:1.5rem;opacity:.65;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p>
<small>${status} · ${escapeHtml(host)}</small></main></body></html>
`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/**
 * Counting must never cost a visitor the answer.
 * @param {Visit} visit
 * @param {number} status
 * @param {number} milliseconds
 * @param {Env} env
 */
function record({ request, host, route, instance, outcome }, status, milliseconds, env) {
  try {
    const worker = route?.worker ?? "";
    env.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [cutBytes(worker, MAX_INDEX_BYTES)],
      blobs: [
        host,
        worker,
        route?.stable.hash ?? "",
        outcome,
        request.method,
        `${Math.floor(status / 100)}xx`,
        env.ENVIRONMENT ?? "",
        route?.customer ?? "",
      ],
      doubles: [status, milliseconds, instance],
    });
  } catch (error) {
    console.error("data point lost:", errorText(error));
  }
}

/** @param {string} text @param {number} bytes */
function cutBytes(text, bytes) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes)).replace(/\uFFFD$/, "");
}

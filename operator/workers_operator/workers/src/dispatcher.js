/**
 * The platform dispatcher: routes every request for `*.<domain>/*` to the user Worker of its host and path.
 *
 * Bindings: DISPATCHER and CONFINED (dispatch namespace; see wayTo in routing.js), WORKER_METADATA (KV),
 * WORKERS_ANALYTICS (Analytics Engine), PROBE_KEY (secret, see selection.js), ENVIRONMENT (text), PARENT_DOMAIN_COOKIES (text, "allow"; see cookies.js).
 *
 * Routing entry, KV `host:<hostname>` (written by the operator, domain/serving.py):
 *   {"v":1,"routes":[{"path":"/elite/brand","worker":"brand-worker-c1","script":"brand-worker-c1","customer":"c1",
 *                     "stable":{"hash":"ab12cd34","instances":2},"limits":{"cpuMs":100,"subRequests":50}}]}
 * `worker` is the worker's public name; `script` is the first part of the names of its uploaded scripts,
 * `<script>--<hash>--<instance>`. `limits` is optional, and so are `canary` and `egress` (see routing.js), and `affinity`
 * ("ClientIP" or "Cookie"; see affinity.js).
 * `path` "" matches every path, "/a" that path and everything below it, "/a*" every path with that prefix, "=/a"
 * exactly that path, without a query. As at Cloudflare, the most specific route wins: first by host (the exact host, then
 * `host:*.<parent>`, closest parent first), then by the length of the path.
 *
 * Request header `Code24-Instance` selects an instance and a version, if the operator has signed it (see selection.js). It is
 * not forwarded, and a request with it is no visitor's: there is no data point of it.
 * While a version is rolled out (`canary`), a client's place decides which one answers (see versions.js).
 * Response headers: `Code24-Version: <hash>` as soon as the version is known, also on error responses;
 * `Code24-Instance: <i>` if an instance was called; `Code24-Error: <code>` on the dispatcher's own error responses
 * only. WebSocket upgrades are returned untouched.
 *
 * Analytics Engine, one data point per request (append new columns at the end only: queries depend on the positions):
 *   index1   worker name, truncated to 96 bytes; empty if no route was found
 *   blob1    hostname             blob2  worker name       blob3  version hash
 *   blob4    outcome: ok | exception | limit | not_found | parked | unknown_host | no_route | routing_error
 *   blob5    method               blob6  status class, "2xx"
 *   blob7    environment          blob8  customer
 *   double1  status               double2  ms until the response headers         double3  instance, -1 if none was called
 */

import { keepSession, sessionOf } from "./affinity.js";
import { confineCookies } from "./cookies.js";
import { errorJson, errorText, isMissing, isOverLimit } from "./errors.js";
import { errorPage } from "./page.js";
import { findRoute } from "./routes.js";
import { callWorker, decodeRoute, wayTo } from "./routing.js";
import { selectionOf } from "./selection.js";
import { clientOf, keepPlace } from "./versions.js";

const MAX_INDEX_BYTES = 96;

/** @typedef {import("./routing.js").Serving} Serving */
/** @typedef {{worker: string, script: string, customer: string, serving: Serving}} Route */
/** @typedef {{status: number, outcome: string, title: string, message: string, retryAfter?: number}} Refusal */

/**
 * @typedef {object} Env
 * @property {DispatchNamespace} [DISPATCHER]
 * @property {DispatchNamespace} [CONFINED]
 * @property {KVNamespace} WORKER_METADATA
 * @property {AnalyticsEngineDataset} WORKERS_ANALYTICS
 * @property {string} [PROBE_KEY]
 * @property {string} [ENVIRONMENT]
 * @property {string} [PARENT_DOMAIN_COOKIES]
 */

/**
 * @typedef {object} Visit
 * @property {Request} request
 * @property {string} path
 * @property {string} query with its ?
 * @property {string} host
 * @property {Route | null} route
 * @property {import("./selection.js").Selection | null} selection of the operator's own requests
 * @property {string} version hash of the one that was called, or would have been; "" if it is not known
 * @property {number} instance -1 if none was called
 * @property {string} outcome
 */

/** The dispatcher's own error responses, by error code. @type {Record<string, Refusal>} */
const REFUSALS = {
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
      query: url.search,
      host: url.hostname.replace(/\.$/, ""),
      route: null,
      selection: null,
      version: "",
      instance: -1,
      outcome: "ok",
    };
    const response = await answer(visit, env);
    if (!visit.selection) record(visit, response.status, Date.now() - started, env);
    return response;
  },
};

/** Find the route of a visit and call its worker. Never throws. @param {Visit} visit @param {Env} env */
async function answer(visit, env) {
  if (visit.request.headers.has("Code24-Instance")) {
    visit.selection = await selectionOf(visit.request, visit.host, env.PROBE_KEY);
  }
  let found;
  try {
    found = await findRoute(env.WORKER_METADATA, visit);
  } catch (error) {
    return refuse(visit, error instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", error);
  }
  if ("problem" in found) return refuse(visit, found.problem);
  const { worker, script, customer = "", affinity = null } = found.route;
  const decoded = decodeRoute(found.route);
  if (!worker || !script || !decoded) return refuse(visit, "bad_routing_entry");
  const version = visit.selection?.version;
  const serving = version ? { ...decoded, stable: { ...decoded.stable, hash: version }, canary: null } : decoded;
  visit.route = { worker, script, customer, serving };
  visit.version = serving.stable.hash;
  if (serving.stable.instances === 0) return refuse(visit, "parked");
  const way = wayTo(serving, env);
  if (!way) return refuse(visit, "worker_unavailable");
  return dispatch(visit, { ...way, script, serving }, affinity, env);
}

/**
 * @param {Visit} visit
 * @param {import("./routing.js").Callee} callee
 * @param {string | null} affinity
 * @param {Env} env
 */
async function dispatch(visit, callee, affinity, env) {
  const pinned = visit.selection?.instance ?? null;
  const { canary } = callee.serving;
  const client = canary && clientOf(visit.request, canary.hash);
  const session = sessionOf(visit.request, affinity);
  /** @param {import("./routing.js").Called} called */
  const onCall = ({ version, instance }) => {
    visit.version = version;
    visit.instance = instance;
  };
  try {
    const answered = await callWorker(callee, forwardable(visit.request), { pinned, client, session, onCall });
    const response = relay(visit, answered, env);
    if (pinned !== null || response.webSocket) return response;
    if (canary && client) keepPlace(response.headers, visit.request, canary.hash, client);
    if (session) keepSession(response.headers, visit.request, session);
    return response;
  } catch (error) {
    return refuseError(visit, error);
  }
}

/** Return a worker's response with the dispatcher's headers. @param {Visit} visit @param {Response} response @param {Env} env */
function relay(visit, response, env) {
  if (response.webSocket) return response; // a copy would lose the upgrade
  const copy = new Response(response.body, response); // the headers of a received response are immutable
  copy.headers.delete("Code24-Error"); // reserved for the dispatcher, so that probes can rely on it
  if (env.PARENT_DOMAIN_COOKIES !== "allow" && copy.headers.has("Set-Cookie")) confineCookies(copy.headers, visit.host);
  return stamp(visit, copy);
}

/** Return the request for the worker: without our own header, and with redirects left to the visitor. @param {Request} request */
function forwardable(request) {
  if (request.redirect === "manual" && !request.headers.has("Code24-Instance")) return request; // as nearly always
  const copy = new Request(request, { redirect: "manual" });
  copy.headers.delete("Code24-Instance");
  return copy;
}

/** Turn an error of a worker into a response. The error's text can contain secrets, so it is not shown. @param {Visit} visit @param {unknown} error */
function refuseError(visit, error) {
  if (isMissing(error)) return refuse(visit, "worker_unavailable");
  return refuse(visit, isOverLimit(error) ? "worker_limit_exceeded" : "worker_exception");
}

/**
 * Return one of the dispatcher's own error responses: a page for browsers, JSON for all other clients.
 * @param {Visit} visit
 * @param {string} code
 * @param {unknown} [cause]
 */
function refuse(visit, code, cause) {
  const { status, outcome, title, message, retryAfter } = REFUSALS[code];
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
  const body = asHtml ? errorPage({ status, title, message, host: visit.host }) : errorJson(code, message);
  return stamp(visit, new Response(body, { status, headers }));
}

/** @param {Visit} visit @param {Response} response */
function stamp(visit, response) {
  if (visit.version) response.headers.set("Code24-Version", visit.version);
  if (visit.instance >= 0) response.headers.set("Code24-Instance", String(visit.instance));
  return response;
}

/**
 * Write the data point of a request. Failures are logged only: analytics must never break a response.
 * @param {Visit} visit
 * @param {number} status
 * @param {number} milliseconds
 * @param {Env} env
 */
function record({ request, host, route, version, instance, outcome }, status, milliseconds, env) {
  try {
    const worker = route?.worker ?? "";
    env.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [truncate(worker, MAX_INDEX_BYTES)],
      blobs: [
        host,
        worker,
        version,
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

/** Truncate text to a number of UTF-8 bytes, at a character boundary. @param {string} text @param {number} bytes */
function truncate(text, bytes) {
  if (text.length * 3 <= bytes) return text; // no character has more bytes than that
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes)).replace(/\uFFFD$/, "");
}

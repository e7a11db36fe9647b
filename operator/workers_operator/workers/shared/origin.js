/** Sends requests to the customer's origin, and adapts its responses to the public host. */

import { httpUrl } from "./config.js";
import { addressOf } from "./visitors/visitor.js";

/** @typedef {{url: URL, origin: URL}} Fronted the visitor's URL and the origin's URL */

const DEFAULT_TIMEOUT_S = 30; // for the response headers
/** Headers that override properties of a request at the origin: visitors must not set them. */
const FORGED = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override" +
    "|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i",
);
/** Headers of anonymous requests. Headers of a visitor could be reflected in a page that is then shared. */
const SHARED = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity", // the edge compresses responses
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)",
};
/** Query parameters of campaigns: pages do not depend on them. */
const TRACKING =
  /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;

/**
 * Parse the parameter `origin`. Returns {url} or {problem}.
 * @param {{origin?: unknown}} parameters
 * @param {URL} url the visitor's URL
 * @param {string} example
 * @returns {import("./types.d.ts").NamedUrl}
 */
export function originOf(parameters, url, example) {
  const found = httpUrl({ origin: parameters.origin }, "origin", example);
  if (found.url?.host === url.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return found;
}

/**
 * Remove campaign parameters from a query, and leave the rest unchanged.
 * @param {string} search "" or a query with its question mark
 */
export function withoutTracking(search) {
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => !TRACKING.test([...new URLSearchParams(pair).keys()][0] ?? ""));
  return kept.join("&") && `?${kept.join("&")}`;
}

/**
 * Create the request to the origin. If `shared`, the response can be given to anybody: the request then contains
 * nothing from the visitor.
 * @typedef {{request: Request, url: URL, origin: URL, timeout?: unknown, extra?: Record<string, string>}} Question
 * @param {Question} question
 * @param {{shared: boolean, etag?: string | null}} options
 * @returns {Promise<Response>} rejects if the origin does not respond in time, or sends an invalid response
 */
export async function askOrigin(question, { shared, etag = null }) {
  const { request, url, origin, extra = {} } = question;
  const headers = shared ? new Headers(SHARED) : ownHeaders(request);
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  if (etag) headers.set("If-None-Match", etag);
  const target = originUrl(origin, url, shared);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs(question.timeout));
  try {
    const { method } = request;
    const body = method === "GET" || method === "HEAD" ? null : request.body;
    const answer = await fetch(target, { method, headers, body, redirect: "manual", signal: controller.signal });
    const isSane = (answer.status >= 200 && answer.status < 600) || answer.webSocket;
    if (!isSane) throw new Error(`it answers with the status ${answer.status}`);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Return the timeout for the origin's response headers in milliseconds.
 * @param {unknown} timeout seconds
 */
export function timeoutMs(timeout) {
  return 1000 * (typeof timeout === "number" && timeout > 0 ? timeout : DEFAULT_TIMEOUT_S);
}

/** @param {Request} request */
function ownHeaders(request) {
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (FORGED.test(name)) headers.delete(name);
  const address = addressOf(request);
  if (address) headers.set("X-Forwarded-For", address);
  return headers;
}

/** @param {URL} origin */
function basePath(origin) {
  return origin.pathname.replace(/\/+$/, "");
}

/** @param {URL} origin @param {URL} url @param {boolean} shared */
function originUrl(origin, url, shared) {
  const target = new URL(origin);
  target.pathname = basePath(origin) + url.pathname; // the setter treats "//elsewhere" as a path
  target.search = shared ? withoutTracking(url.search) : url.search;
  target.hash = "";
  return target;
}

/**
 * Adapt the origin's response to the public host: rewrite redirects and cookies.
 * @param {Fronted} visit
 * @param {Response} response
 */
export function toPublic(visit, response) {
  const copy = new Response(response.body, response);
  const location = copy.headers.get("Location");
  if (location !== null) copy.headers.set("Location", publicLocation(visit, location));
  const cookies = copy.headers.getSetCookie();
  copy.headers.delete("Set-Cookie");
  for (const cookie of cookies) copy.headers.append("Set-Cookie", publicCookie(visit, cookie));
  return copy;
}

/** @param {Fronted} visit @param {string} location */
function publicLocation({ origin, url }, location) {
  const target = URL.parse(location, originUrl(origin, url, false));
  const base = basePath(origin);
  if (!target || target.host !== origin.host || !isBelow(target.pathname, base)) return location;
  return `${url.origin}${target.pathname.slice(base.length) || "/"}${target.search}${target.hash}`;
}

/**
 * Browsers reject a cookie whose Domain does not cover the requested host, and its Path has to be a public one.
 * @param {Fronted} visit
 * @param {string} cookie
 */
function publicCookie({ origin, url }, cookie) {
  const base = basePath(origin);
  const [pair, ...attributes] = cookie.split(";");
  const kept = attributes.flatMap((attribute) => {
    const [name, value = ""] = attribute.split("=").map((part) => part.trim());
    if (name.toLowerCase() === "domain") {
      const domain = value.toLowerCase().replace(/^\./, "");
      return isHostBelow(origin.hostname, domain) && !isHostBelow(url.hostname, domain) ? [] : [attribute];
    }
    if (name.toLowerCase() === "path" && base && isBelow(value, base))
      return [` Path=${value.slice(base.length) || "/"}`];
    return [attribute];
  });
  return [pair, ...kept].join(";");
}

/** @param {string} path @param {string} base */
function isBelow(path, base) {
  return path === base || path.startsWith(`${base}/`);
}

/** @param {string} host @param {string} domain */
function isHostBelow(host, domain) {
  return host === domain || host.endsWith(`.${domain}`);
}

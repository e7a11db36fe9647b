/** The customer's own server behind a Worker: what it is asked, and its answers as the public host may give them. */

import { httpUrl } from "./config.js";
import { addressOf } from "./visitor.js";

/** @typedef {{url: URL, origin: URL}} Fronted where the visitor is, and where the origin */

const DEFAULT_TIMEOUT_S = 30; // until the response's headers
/** Headers by which origins let a request pose as another one: visitors must not set them. */
const FORGED = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override" +
    "|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i",
);
/** What a copy is asked for with: whatever a visitor brings, an origin that repeats it in its pages would show to all. */
const SHARED = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity", // the edge compresses by itself
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)",
};
/** Query parameters of campaigns: no page is made by them. */
const TRACKING =
  /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;

/**
 * The origin that the parameter `origin` names: {url}, or {problem} in words.
 * @param {{origin?: unknown}} parameters
 * @param {URL} url the visitor's
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
 * A query without the marks of campaigns, otherwise as it was written.
 * @param {string} search "" or with its question mark
 */
export function withoutTracking(search) {
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => !TRACKING.test([...new URLSearchParams(pair).keys()][0] ?? ""));
  return kept.join("&") && `?${kept.join("&")}`;
}

/**
 * What a visit asks the origin. As `shared`, the answer may be given to anybody: then the origin hears nothing of the
 * visitor.
 * @typedef {{request: Request, url: URL, origin: URL, timeout?: unknown, extra?: Record<string, string>}} Question
 * @param {Question} question
 * @param {{shared: boolean, etag?: string | null}} options
 * @returns {Promise<Response>} rejects where the origin doesn't answer in time, or with nonsense
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
 * Milliseconds that an origin has for its response's headers.
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
  target.pathname = basePath(origin) + url.pathname; // the setter keeps "//elsewhere" a path
  target.search = shared ? withoutTracking(url.search) : url.search;
  target.hash = "";
  return target;
}

/**
 * The origin's response as the public host may give it: redirects and cookies lead to the public host.
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
 * Browsers refuse a cookie whose Domain isn't above the host they asked; its Path has to be one they can see.
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

/**
 * Serves the site's pages under the worker's path with the fixes applied while they stream (flow.js).
 *
 * Other files are passed through; only URLs in style sheets are rewritten. Requests go to the configured site only,
 * regardless of the path. If the site is unreachable, the response is 502.
 */
import { failureFor, fetchProblem } from "../answers.js";
import { isHtml } from "../html.js";
import { isRewritable } from "../page/charset.js";
import { cssMover, moved } from "./addresses.js";
import { rewritten } from "./flow.js";
import { moveAddresses } from "./moving.js";
import { rewriterFor } from "./rewriter.js";

const TIMEOUT_MS = 30_000; // for the response headers; the body has no timeout
const NO_BODY = new Set([101, 204, 205, 304]);
/** Headers about the platform itself, or about bytes that the rewriting changes. */
const NOT_SENT = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
const NOT_KEPT = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];

/**
 * @typedef {{site: URL, prefix: string, parameters: Record<string, any>, optimizations: string[],
 *   template: import("../types.d.ts").EliteTemplate}} Optimizing
 */

/** @param {Request} request @param {Optimizing} asked */
export async function optimize(request, asked) {
  const url = new URL(request.url);
  const path = url.pathname.slice(asked.prefix.length);
  if (path === "") return redirect(`${asked.prefix}/${url.search}`);
  if (path === "/" && url.search === "" && asked.site.pathname !== "/")
    return redirect(asked.prefix + asked.site.pathname + asked.site.search);
  const target = targetOf(asked.site, path, url.search);
  let response;
  try {
    response = await ask(target, request);
  } catch (error) {
    const details = { site: asked.site.href, reason: fetchProblem(error, TIMEOUT_MS) };
    const message = `${asked.site.href} could not be read: ${details.reason}.`;
    return failureFor(request, "The site does not answer", 502, "site_unreachable", message, details);
  }
  return improved(response, target, request, asked);
}

/** Return the URL of a path at the site, always with the site's origin. @param {URL} site @param {string} path @param {string} search */
export function targetOf(site, path, search) {
  const target = new URL(site.origin);
  target.pathname = path;
  target.search = search;
  return target;
}

/** @param {string} location */
function redirect(location) {
  return new Response(null, { status: 302, headers: { Location: location, "Cache-Control": "no-store" } });
}

/** @param {URL} target @param {Request} request */
async function ask(target, request) {
  const headers = new Headers();
  for (const [name, value] of request.headers) if (!NOT_SENT.test(name)) headers.append(name, value);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("late", "TimeoutError")), TIMEOUT_MS);
  try {
    const { method, body } = request;
    return await fetch(target, { method, headers, body, redirect: "manual", signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Response} response @param {URL} target @param {Request} request @param {Optimizing} asked */
function improved(response, target, request, asked) {
  const { site, prefix } = asked;
  const headers = ownHeaders(response, target, asked);
  const type = headers.get("Content-Type") ?? "";
  const { status, statusText } = response;
  if (NO_BODY.has(status) || !response.body) return new Response(null, { status, statusText, headers });
  const whole = status !== 206; // a partial response cannot be rewritten
  if (whole && isHtml(type) && isRewritable(type)) {
    for (const name of NOT_KEPT) headers.delete(name);
    const chosen = asked.optimizations.flatMap((name) => asked.template.fixes[name] ?? []);
    const { rewriter, readers } = rewriterFor({ ...asked, url: target, headers }, [...chosen, moveAddresses]);
    return rewritten(rewriter, new Response(response.body, { status, statusText, headers }), readers);
  }
  const isCss = whole && /^text\/css\b/i.test(type);
  if (isCss) for (const name of NOT_KEPT) headers.delete(name);
  if (status === 200 && !isHtml(type)) fixFile(headers, target, request, asked);
  const body = isCss ? response.body.pipeThrough(cssMover(site, prefix)) : response.body;
  return new Response(body, { ...encoding(headers), status, statusText, headers });
}

/** @param {Headers} headers @param {URL} target @param {Request} request @param {Optimizing} asked */
function fixFile(headers, target, request, { template, optimizations }) {
  const accepts = request.headers.get("Accept-Encoding") ?? "";
  for (const name of optimizations) template.fileFixes?.[name]?.(headers, target, accepts);
}

/** Pass unknown content encodings through unchanged. @param {Headers} headers @returns {ResponseInit} */
function encoding(headers) {
  const known = /^(gzip|br)?$/i.test(headers.get("Content-Encoding") ?? "");
  return known ? {} : { encodeBody: "manual" };
}

/** Return the site's headers, adapted to the worker's path. @param {Response} response @param {URL} target @param {Optimizing} asked */
function ownHeaders(response, target, { site, prefix }) {
  const headers = new Headers(response.headers);
  const location = headers.get("Location");
  const next = location && URL.parse(location, target);
  if (location && next) {
    const own = next.origin === site.origin;
    headers.set("Location", own ? moved(next.href, site, prefix) : location);
  }
  const cookies = headers.getSetCookie();
  headers.delete("Set-Cookie");
  for (const cookie of cookies) headers.append("Set-Cookie", cookie.replace(/;\s*domain=[^;]*/gi, ""));
  return headers;
}

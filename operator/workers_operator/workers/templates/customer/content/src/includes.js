/**
 * Feature "includes": assembles pages from fragments that are cached separately. It supports a subset of ESI
 * (www.w3.org/TR/esi-lang): `<esi:include src="/part" alt="/other"/>` and `<esi:remove>`. The origin enables it per page
 * with `Surrogate-Control: content="ESI/1.0"`. Fragments belong to the same site and are not assembled themselves.
 */

import { wholeNumber } from "code24/config.js";
import { messageOf } from "code24/errors.js";
import { serve } from "code24/caching/fronting.js";
import { decode, isPage } from "code24/html.js";
import { replacing } from "./tags.js";

/** @typedef {import("code24/types.d.ts").Visit} Visit */
/** @typedef {import("./tags.js").Replace} Replace */

/** Tells the origin that pages can use ESI. */
export const CAPABILITY = { "Surrogate-Capability": 'code24="ESI/1.0"' };
const ASKED = /content\s*=\s*"[^"]*ESI\/1\.0/i;
const MAX_INCLUDES = 20;
const MAX_PART = 1024 * 1024; // bytes
/** Headers of the visitor's request that are sent with requests for fragments. */
const HEADERS = ["Accept-Language", "User-Agent", "Cookie", "CF-Connecting-IP"];

/**
 * Replace the ESI tags of a page. Other responses are returned unchanged.
 * @param {Visit} visit
 * @param {Response} response
 * @param {{maxIncludes?: number}} parameters
 */
export function assemble(visit, response, { maxIncludes }) {
  const isAsked = ASKED.test(response.headers.get("Surrogate-Control") ?? "");
  response.headers.delete("Surrogate-Control");
  if (!isAsked || !isPage(response)) return response;
  for (const name of ["ETag", "Last-Modified", "Content-Length"]) response.headers.delete(name);
  response.headers.set("Cache-Control", "private, no-cache"); // a fragment may be personal
  if (response.status !== 200 || visit.request.method !== "GET" || !response.body) return response;
  const stream = response.body.pipeThrough(replacing(including(visit, wholeNumber(maxIncludes, MAX_INCLUDES))));
  return new Response(stream, response);
}

/** Return the function that replaces the tags of one page. @param {Visit} visit @param {number} most @returns {Replace} */
function including(visit, most) {
  let seen = 0;
  return async ({ name, isEnd, attributes }) => {
    if (name === "remove" && !isEnd) return { until: "remove" };
    if (name !== "include" || isEnd) return null;
    seen += 1;
    if (seen > most) return null;
    const { src, alt } = attributes;
    return (src && (await partAt(visit, decode(src)))) || (alt && (await partAt(visit, decode(alt)))) || null;
  };
}

/**
 * Return the bytes of a fragment, or null if it cannot be loaded: a fragment never fails the page.
 * @param {Visit} visit
 * @param {string} address
 */
async function partAt(visit, address) {
  const url = URL.parse(address, visit.url);
  if (!url || url.origin !== visit.url.origin) return null;
  const headers = new Headers({ Accept: "text/html" });
  for (const name of HEADERS) {
    const value = visit.request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  try {
    const part = await serve({ ...visit, url, request: new Request(url, { headers }) });
    const isUsable = part.status === 200 && isPage(part) && Number(part.headers.get("Content-Length") ?? 0) <= MAX_PART;
    if (isUsable) return (await part.bytes()).subarray(0, MAX_PART);
    await part.body?.cancel();
  } catch (error) {
    console.warn(`part missing: ${url.pathname}: ${messageOf(error)}`);
  }
  return null;
}

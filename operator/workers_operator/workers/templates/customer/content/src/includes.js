/**
 * Feature "includes": pages put together of parts that are cached each for itself, by a part of ESI (www.w3.org/TR/esi-lang):
 * `<esi:include src="/part" alt="/other"/>` and `<esi:remove>`. Only pages whose origin asks for it, by
 * `Surrogate-Control: content="ESI/1.0"`. A part is of this very site, and has no parts of its own.
 */

import { wholeNumber } from "code24/config.js";
import { messageOf } from "code24/errors.js";
import { serve } from "code24/fronting.js";
import { decode, isPage } from "code24/html.js";
import { replacing } from "./tags.js";

/** @typedef {import("code24/types.d.ts").Visit} Visit */
/** @typedef {import("./tags.js").Replace} Replace */

/** What tells the origin that it may ask. */
export const CAPABILITY = { "Surrogate-Capability": 'code24="ESI/1.0"' };
const ASKED = /content\s*=\s*"[^"]*ESI\/1\.0/i;
const MAX_INCLUDES = 20;
const MAX_PART = 1024 * 1024; // bytes
/** What of a visitor's request its parts are asked with. */
const HEADERS = ["Accept-Language", "User-Agent", "Cookie", "CF-Connecting-IP"];

/**
 * A page with its parts; what is no such page stays as it is.
 * @param {Visit} visit
 * @param {Response} response
 * @param {{maxIncludes?: number}} parameters
 */
export function assemble(visit, response, { maxIncludes }) {
  const isAsked = ASKED.test(response.headers.get("Surrogate-Control") ?? "");
  response.headers.delete("Surrogate-Control");
  if (!isAsked || !isPage(response)) return response;
  for (const name of ["ETag", "Last-Modified", "Content-Length"]) response.headers.delete(name);
  response.headers.set("Cache-Control", "private, no-cache"); // some part may be the visitor's own
  if (response.status !== 200 || visit.request.method !== "GET" || !response.body) return response;
  const stream = response.body.pipeThrough(replacing(including(visit, wholeNumber(maxIncludes, MAX_INCLUDES))));
  return new Response(stream, response);
}

/** What stands for the tags of a visitor's page. @param {Visit} visit @param {number} most @returns {Replace} */
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
 * What lies at an address of this site, as bytes, or null. It never fails the page.
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

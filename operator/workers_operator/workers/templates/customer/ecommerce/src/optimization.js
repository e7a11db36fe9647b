/**
 * Feature "optimization": loads images and frames lazily, and shows text while fonts load. Pages are rewritten as they
 * stream.
 */

import { wholeNumber } from "code24/config.js";
import { isPage } from "code24/html.js";
import { isRewritable } from "code24/page/charset.js";
import { rewritten } from "code24/rewrite/flow.js";
import { fixFonts } from "code24/rewrite/fonts.js";
import { lazyBeyond } from "code24/rewrite/lazy.js";
import { rewriterFor } from "code24/rewrite/rewriter.js";

const EAGER_IMAGES = 2;

/**
 * @param {Request} request
 * @param {Response} response
 * @param {{eagerImages?: unknown}} parameters
 * @returns {Response}
 */
export function optimize(request, response, parameters) {
  const { headers, status } = response;
  if (!isPage(response) || !isRewritable(headers.get("Content-Type") ?? "")) return response;
  // The bytes differ from the origin's, so its ETag becomes weak, on a 304 as well.
  const etag = headers.get("ETag");
  if (etag && !etag.startsWith("W/")) headers.set("ETag", `W/${etag}`);
  if (status !== 200 || request.method === "HEAD") return response;
  const url = new URL(request.url);
  const eager = wholeNumber(parameters.eagerImages, EAGER_IMAGES);
  const fixes = [(/** @type {import("code24/types.d.ts").Rewriting} */ page) => lazyBeyond(page, eager), fixFonts];
  const { rewriter, readers } = rewriterFor({ url, site: url, prefix: "", parameters, headers }, fixes);
  return rewritten(rewriter, response, readers);
}

/**
 * Feature "optimization": pictures further down a page are loaded when the visitor comes near them. The page streams
 * through; nothing of it is kept.
 */

import { wholeNumber } from "code24/config.js";
import { isPage } from "code24/html.js";

const EAGER_IMAGES = 2;
/** What HTMLRewriter reads: the ASCII-compatible ones that pages have. Others go through as they are. */
const CHARSET = /charset=["']?(utf-?8|us-ascii|iso-8859-\d+|windows-125\d)\b/i;

/**
 * @param {Request} request
 * @param {Response} response
 * @param {{eagerImages?: unknown}} parameters
 * @returns {Response}
 */
export function optimize(request, response, { eagerImages }) {
  const contentType = response.headers.get("Content-Type") ?? "";
  if (!isPage(response) || (/charset=/i.test(contentType) && !CHARSET.test(contentType))) return response;
  // These bytes differ from the origin's, so its tag may name them weakly only, on the 304 too.
  const etag = response.headers.get("ETag");
  if (etag && !etag.startsWith("W/")) response.headers.set("ETag", `W/${etag}`);
  if (response.status !== 200 || request.method === "HEAD") return response;
  return new HTMLRewriter().on("img", lazyBeyond(wholeNumber(eagerImages, EAGER_IMAGES))).transform(response);
}

/** @param {number} eager @returns {import("code24/types.d.ts").ElementHandlers} */
function lazyBeyond(eager) {
  let seen = 0;
  return {
    element(image) {
      seen += 1;
      if (seen <= eager) return;
      if (!image.hasAttribute("loading")) image.setAttribute("loading", "lazy");
      if (!image.hasAttribute("decoding")) image.setAttribute("decoding", "async");
    },
  };
}

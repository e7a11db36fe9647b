/**
 * Feature "analytics": writes one data point per page view and per step of a purchase.
 *
 * Columns (new ones are only added at the end, because queries refer to them by position):
 *   index1   customerId
 *   blob1    event: page_view | product_view | cart | checkout | purchase
 *   blob2    hostname    blob3  path, without its query
 *   blob4    method      blob5  cache: HIT | MISS | REVALIDATED | STALE | BYPASS
 *   blob6    country, "" if unknown
 *   blob7    environment                                              blob8  plan
 *   blob9    variant, only with feature ab-testing
 *   double1  status      double2  ms until the response's headers
 */

import { writePoint } from "code24/analytics.js";
import { isPage } from "code24/html.js";
import { ASSET, isBelowAny, purchaseStep } from "code24/paths.js";

/** Query parameters with which shops add a product to the cart on any page. */
const TO_CART = /^add[-_]to[-_]cart$/i;
/** Common paths of order confirmation pages. */
const THANKS = /\/(order-received|thank-?you|thankyou|order-confirmation|checkout\/(onepage\/)?success)(\/|$)/i;

/** @typedef {{productPaths?: string[], purchasePaths?: string[]}} AnalyticsParameters */

/**
 * @param {import("code24/types.d.ts").SiteVisit} visit
 * @param {Response} response
 * @param {import("code24/types.d.ts").Config} config
 * @param {AnalyticsParameters} parameters
 * @param {{name: string} | null} variant
 * @param {number} milliseconds
 */
export function count({ request, url, env }, response, config, parameters, variant, milliseconds) {
  const event = eventOf(request, url, response, parameters);
  if (!event) return;
  writePoint(env.ANALYTICS, {
    index: config.customerId ?? "",
    blobs: [
      event,
      url.hostname,
      url.pathname,
      request.method,
      response.headers.get("Code24-Cache")?.split(";")[0] ?? "",
      String(request.cf?.country ?? ""),
      config.environment ?? "",
      config.plan ?? "",
      ...(variant ? [variant.name] : []),
    ],
    doubles: [response.status, milliseconds],
  });
}

/**
 * Return whether a 304 is for a page. It has no Content-Type, so the request's Accept header decides.
 * @param {Request} request
 * @param {Response} response
 */
function isKnownPage(request, response) {
  return response.status === 304 && (request.headers.get("Accept") ?? "").includes("text/html");
}

/**
 * Return the event of a request, or null: a page's images and data are not counted.
 * @param {Request} request
 * @param {URL} url
 * @param {Response} response
 * @param {AnalyticsParameters} parameters
 */
function eventOf(request, url, response, { productPaths, purchasePaths }) {
  if (ASSET.test(url.pathname)) return null;
  const isView = request.method === "GET" && (isPage(response) || isKnownPage(request, response));
  const isThanks = THANKS.test(url.pathname) || isBelowAny(url.pathname, purchasePaths);
  if (isView && isThanks && response.status < 300) return "purchase";
  const step = purchaseStep(url.pathname);
  if (step) return step;
  if ([...url.searchParams.keys()].some((name) => TO_CART.test(name))) return "cart";
  if (!isView) return null;
  return isBelowAny(url.pathname, productPaths) ? "product_view" : "page_view";
}

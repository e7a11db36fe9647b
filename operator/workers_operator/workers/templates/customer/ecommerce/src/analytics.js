/**
 * Feature "analytics": one data point per page view and per step on the way to a purchase.
 *
 * Columns (they only ever grow at the end: readers count on their places):
 *   index1   customerId
 *   blob1    event: page_view | product_view | cart | checkout | purchase
 *   blob2    hostname    blob3  path, without its query
 *   blob4    method      blob5  cache: HIT | MISS | REVALIDATED | STALE | BYPASS
 *   blob6    country, "" where it isn't known
 *   blob7    environment                                              blob8  plan
 *   blob9    variant, only with the feature ab-testing
 *   double1  status      double2  ms until the response's headers
 */

import { writePoint } from "code24/analytics.js";
import { isPage } from "code24/html.js";
import { ASSET, isBelowAny, purchaseStep } from "code24/paths.js";

/** Query parameters by which shops put something into the cart on any page. */
const TO_CART = /^add[-_]to[-_]cart$/i;
/** What shops call the page that thanks for an order. */
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
 * A page that the visitor had already: a 304 need not say what it is, but browsers ask for pages as such.
 * @param {Request} request
 * @param {Response} response
 */
function isKnownPage(request, response) {
  return response.status === 304 && (request.headers.get("Accept") ?? "").includes("text/html");
}

/**
 * What a request is to the shop's keeper, or null: pictures and data of a page aren't counted beside it.
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

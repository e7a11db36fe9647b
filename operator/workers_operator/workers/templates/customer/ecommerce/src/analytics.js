/**
 * Feature "analytics": one data point per page view, cart or checkout request.
 *
 * Columns (they only ever grow at the end: readers count on their places):
 *   index1   customerId
 *   blob1    event: page_view | cart | checkout    blob2  hostname    blob3  path, without its query
 *   blob4    method      blob5  cache: HIT | MISS | BYPASS            blob6  country, "" where it isn't known
 *   blob7    environment                                              blob8  plan
 *   double1  status      double2  ms until the response's headers
 */

import { writePoint } from "code24/analytics.js";
import { isPage } from "code24/html.js";
import { ASSET, purchaseStep } from "./paths.js";

/** Query parameters by which shops put something into the cart on any page. */
const TO_CART = /^add[-_]to[-_]cart$/i;

export function count({ request, url }, response, config, dataset, milliseconds) {
  const event = eventOf(request, url, response);
  if (!event) return;
  writePoint(dataset, {
    index: config.customerId ?? "",
    blobs: [
      event,
      url.hostname,
      url.pathname,
      request.method,
      response.headers.get("Code24-Cache")?.split(";")[0] ?? "",
      request.cf?.country ?? "",
      config.environment ?? "",
      config.plan ?? "",
    ],
    doubles: [response.status, milliseconds],
  });
}

/** A page that the visitor had already: a 304 need not say what it is, but browsers ask for pages as such. */
function isKnownPage(request, response) {
  return response.status === 304 && (request.headers.get("Accept") ?? "").includes("text/html");
}

/** What a request is to the shop's keeper, or null: pictures and data of a page aren't counted beside it. */
function eventOf(request, url, response) {
  if (ASSET.test(url.pathname)) return null;
  const step = purchaseStep(url.pathname);
  if (step) return step;
  if ([...url.searchParams.keys()].some((name) => TO_CART.test(name))) return "cart";
  return request.method === "GET" && (isPage(response) || isKnownPage(request, response)) ? "page_view" : null;
}

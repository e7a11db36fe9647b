/** Feature "maintenance": visitors get a maintenance page, except from allowed addresses. */

import { failureFor } from "../answers.js";
import { wholeNumber } from "../config.js";
import { isBelowAny } from "../paths.js";
import { addressOf } from "./visitor.js";

const RETRY_AFTER_S = 600;
const MESSAGE = "We are working on the site and will be back soon.";
const TITLE = "Back soon";

/**
 * Return the maintenance response, or null if the visitor can access the site.
 * @param {Request} request
 * @param {URL} url
 * @param {{message?: string, retryAfter?: number, allowedAddresses?: string[], paths?: string[]}} parameters
 * @returns {Response | null}
 */
export function closed(request, url, { message, retryAfter, allowedAddresses, paths }) {
  const isPart = Array.isArray(paths) && paths.length > 0;
  if (isPart && !isBelowAny(url.pathname, paths)) return null;
  if (Array.isArray(allowedAddresses) && allowedAddresses.includes(addressOf(request))) return null;
  const answer = failureFor(request, TITLE, 503, "maintenance", message ?? MESSAGE);
  answer.headers.set("Retry-After", String(wholeNumber(retryAfter, RETRY_AFTER_S)));
  return answer;
}

/**
 * Feature "paywall": the publisher's own Worker, the service PAYWALL, decides who may read a premium page. It receives a
 * POST of {url, path, cookie, address, userAgent} for each premium page. Status 200 grants access; for any other status, the
 * elements that match the selector are removed. Its cookies (counters of free articles) are sent to the visitor.
 */

import { fetchProblem } from "code24/answers.js";
import { escapeHtml, isPage } from "code24/html.js";
import { isBelowAny } from "code24/paths.js";
import { addressOf } from "code24/visitors/visitor.js";

const TIMEOUT_MS = 3000;
const SELECTOR = "[data-paywall]";
const OFFER = "The whole article is for subscribers.";
const LINK = "Subscribe";

/**
 * @typedef {object} PaywallParameters
 * @property {string[]} [paths] prefixes of premium pages
 * @property {string} [selector]
 * @property {string} [offer]
 * @property {string} [subscribeUrl]
 * @property {string} [linkText]
 * @property {"teaser" | "full"} [whenUnreachable]
 */

/**
 * Return a page with the content that its visitor may read.
 * @param {import("code24/types.d.ts").Visit} visit
 * @param {Response} response
 * @param {PaywallParameters} parameters
 * @returns {Promise<Response>}
 */
export async function guard({ request, url, env }, response, parameters) {
  if (!isPage(response) || !isBelowAny(url.pathname, parameters.paths)) return response;
  for (const name of ["ETag", "Last-Modified", "Content-Length"]) response.headers.delete(name);
  response.headers.set("Cache-Control", "private, no-store");
  if (response.status !== 200 || request.method !== "GET") return response;
  const { isAllowed, cookies } = await ask(request, url, env.PAYWALL, parameters.whenUnreachable === "full");
  for (const cookie of cookies) response.headers.append("Set-Cookie", cookie);
  response.headers.set("Code24-Paywall", isAllowed ? "open" : "closed");
  if (isAllowed) return response;
  return new HTMLRewriter().on(parameters.selector ?? SELECTOR, closing(parameters)).transform(response);
}

/**
 * Ask the service whether a visitor may read a page. If the service fails, `otherwise` decides.
 * @param {Request} request
 * @param {URL} url
 * @param {Fetcher | undefined} service
 * @param {boolean} otherwise
 * @returns {Promise<{isAllowed: boolean, cookies: string[]}>}
 */
async function ask(request, url, service, otherwise) {
  const question = {
    url: url.href,
    path: url.pathname,
    cookie: request.headers.get("Cookie") ?? "",
    address: addressOf(request),
    userAgent: request.headers.get("User-Agent") ?? "",
  };
  const { signal, clear } = deadline();
  try {
    if (!service) throw new Error("the binding is missing");
    const body = JSON.stringify(question);
    const headers = { "Content-Type": "application/json" };
    const answer = await service.fetch("https://paywall.code24.invalid/", { method: "POST", headers, body, signal });
    const isBroken = answer.status >= 500;
    await answer.body?.cancel();
    return { isAllowed: isBroken ? otherwise : answer.status === 200, cookies: answer.headers.getSetCookie() };
  } catch (error) {
    console.error(`paywall unreachable: ${fetchProblem(error, TIMEOUT_MS)}`);
    return { isAllowed: otherwise, cookies: [] };
  } finally {
    clear();
  }
}

function deadline() {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/**
 * Return handlers that replace the first premium element with the offer and remove the others.
 * @param {PaywallParameters} parameters
 * @returns {import("code24/types.d.ts").ElementHandlers}
 */
function closing({ offer, subscribeUrl, linkText }) {
  let seen = 0;
  return {
    element(element) {
      seen += 1;
      if (seen > 1) return void element.remove();
      const link = subscribeUrl ? ` <a href="${escapeHtml(subscribeUrl)}">${escapeHtml(linkText ?? LINK)}</a>` : "";
      const text = `<section class="code24-paywall"><p>${escapeHtml(offer ?? OFFER)}${link}</p></section>`;
      element.replace(text, { html: true });
    },
  };
}

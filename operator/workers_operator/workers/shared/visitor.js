/** Who asks: somebody with a session, or anybody. */

const SESSION =
  /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
const CHOICE = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
/** Cookies of statistics, advertising, consent banners and the network itself: no page is made by them. */
const HARMLESS = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*" +
    "|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie" +
    "|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i",
);

/** @typedef {{sessionCookies?: unknown, ignoredCookies?: unknown}} CookieParameters names; both may be left out */

/**
 * The names of a request's cookies. Commas part them, too: that is how two Cookie headers are joined.
 * @param {Request} request
 * @returns {string[]}
 */
function cookieNames(request) {
  const pairs = (request.headers.get("Cookie") ?? "").split(/[;,]/);
  return pairs.map((pair) => pair.split("=")[0].trim()).filter(Boolean);
}

/**
 * The value of one cookie, or null.
 * @param {Request} request
 * @param {string} name
 */
export function cookie(request, name) {
  for (const pair of (request.headers.get("Cookie") ?? "").split(/[;,]/)) {
    const [found, ...value] = pair.split("=");
    if (found.trim() === name) return value.join("=").trim();
  }
  return null;
}

/**
 * Whether the visitor is somebody: carries a session, or a choice (currency, language) that pages are rendered by.
 * @param {Request} request
 * @param {CookieParameters} parameters
 * @returns {boolean}
 */
export function hasSession(request, { sessionCookies, ignoredCookies }) {
  const names = cookieNames(request).filter((name) => !isListed(name, ignoredCookies));
  return names.some((name) => SESSION.test(name) || CHOICE.test(name) || isListed(name, sessionCookies));
}

/**
 * Whether the visitor has a cookie of which nobody knows what the origin makes of it.
 * @param {Request} request
 * @param {CookieParameters} parameters
 * @returns {boolean}
 */
export function mayBeSomebody(request, { ignoredCookies }) {
  return cookieNames(request).some((name) => !HARMLESS.test(name) && !isListed(name, ignoredCookies));
}

/**
 * Whether one of the listed names is this one; a `*` at their end stands for the rest.
 * @param {string} name
 * @param {unknown} listed
 */
function isListed(name, listed) {
  const patterns = Array.isArray(listed) ? listed.filter((pattern) => typeof pattern === "string") : [];
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/**
 * The visitor's address as the network saw it, "" where it did not say: what visitors claim themselves doesn't count.
 * @param {Request} request
 */
export function addressOf(request) {
  return request.headers.get("CF-Connecting-IP") ?? "";
}

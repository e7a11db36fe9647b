/** Tells known visitors, who have a session, from anonymous ones. */

const SESSION =
  /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
const CHOICE = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
/** Cookies of analytics, advertising, consent banners and the network itself: pages do not depend on them. */
const HARMLESS = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*" +
    "|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie" +
    "|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i",
);

/** @typedef {{sessionCookies?: unknown, ignoredCookies?: unknown}} CookieParameters lists of names; both are optional */

/**
 * Return the names of a request's cookies. Commas separate them as well, because several Cookie headers are joined by
 * commas.
 * @param {Request} request
 * @returns {string[]}
 */
function cookieNames(request) {
  const pairs = (request.headers.get("Cookie") ?? "").split(/[;,]/);
  return pairs.map((pair) => pair.split("=")[0].trim()).filter(Boolean);
}

/**
 * Return the value of a cookie, or null.
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
 * Return whether the visitor has a session, or a preference (currency, language) on which pages depend.
 * @param {Request} request
 * @param {CookieParameters} parameters
 * @returns {boolean}
 */
export function hasSession(request, { sessionCookies, ignoredCookies }) {
  const names = cookieNames(request).filter((name) => !isListed(name, ignoredCookies));
  return names.some((name) => SESSION.test(name) || CHOICE.test(name) || isListed(name, sessionCookies));
}

/**
 * Return whether the visitor has a cookie whose effect on the origin is unknown.
 * @param {Request} request
 * @param {CookieParameters} parameters
 * @returns {boolean}
 */
export function mayBeSomebody(request, { ignoredCookies }) {
  return cookieNames(request).some((name) => !HARMLESS.test(name) && !isListed(name, ignoredCookies));
}

/**
 * Return whether a name is in a list. A trailing `*` in the list matches any suffix.
 * @param {string} name
 * @param {unknown} listed
 */
function isListed(name, listed) {
  const patterns = Array.isArray(listed) ? listed.filter((pattern) => typeof pattern === "string") : [];
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/**
 * Return the visitor's IP address as the network reports it, or "". Headers that visitors can set are ignored.
 * @param {Request} request
 */
export function addressOf(request) {
  return request.headers.get("CF-Connecting-IP") ?? "";
}

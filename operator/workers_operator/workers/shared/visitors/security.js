/**
 * Feature "security": adds security headers unless the origin sets its own, blocks attack tools, and limits the request
 * rate.
 */

import { failureFor } from "../answers.js";
import { wholeNumber } from "../config.js";
import { RateLimit } from "./ratelimit.js";
import { addressOf } from "./visitor.js";

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000",
};
const FRAME_OPTIONS = "SAMEORIGIN";
const REQUESTS_PER_MINUTE = 0; // no limit
const LOGINS_PER_MINUTE = 30;
/** Scanners and brute-force tools, by User-Agent. */
const TOOLS =
  /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
/** Files that scanners request and no site serves. */
const PROBES =
  /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
/** Paths on which attackers try passwords and cards. */
const LOGIN = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;

const visits = new RateLimit();
const logins = new RateLimit();

/**
 * @typedef {object} SecurityParameters
 * @property {string} [frameOptions]
 * @property {string} [contentSecurityPolicy]
 * @property {string} [permissionsPolicy]
 * @property {string[]} [blockedAgents]
 * @property {number} [requestsPerMinute]
 * @property {number} [loginsPerMinute]
 */

/**
 * Set the security headers on a response.
 * @param {Response} response
 * @param {SecurityParameters} parameters
 */
export function protect(response, { frameOptions, contentSecurityPolicy, permissionsPolicy }) {
  const wanted = {
    ...HEADERS,
    "X-Frame-Options": frameOptions ?? FRAME_OPTIONS,
    "Content-Security-Policy": contentSecurityPolicy,
    "Permissions-Policy": permissionsPolicy,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value && !response.headers.has(name)) response.headers.set(name, value);
  }
}

/**
 * Return the response to a blocked visitor, or null.
 * @param {Request} request
 * @param {URL} url
 * @param {SecurityParameters} parameters
 * @param {string} title
 * @returns {Response | null}
 */
export function turnAway(request, url, parameters, title) {
  const blocked = Array.isArray(parameters.blockedAgents) ? parameters.blockedAgents : [];
  const agent = (request.headers.get("User-Agent") ?? "").toLowerCase();
  const isBot = TOOLS.test(agent) || blocked.some((part) => agent.includes(String(part).toLowerCase()));
  if (isBot || PROBES.test(url.pathname))
    return failureFor(request, title, 403, "blocked", "This request is not served.");
  const late = tooOften(request, url, parameters);
  if (!late) return null;
  const refused = failureFor(request, title, 429, "too_many_requests", "Too many requests. Please try again later.");
  refused.headers.set("Retry-After", String(late.seconds));
  return refused;
}

/**
 * Return the first of the visitor's counters that exceeds its limit, or null.
 * @param {Request} request
 * @param {URL} url
 * @param {SecurityParameters} parameters
 */
function tooOften(request, url, { requestsPerMinute, loginsPerMinute }) {
  const address = addressOf(request);
  const most = wholeNumber(requestsPerMinute, REQUESTS_PER_MINUTE);
  const mostLogins = wholeNumber(loginsPerMinute, LOGINS_PER_MINUTE);
  if (!address) return null;
  const isLogin = request.method === "POST" && LOGIN.test(url.pathname);
  const counts = [];
  if (isLogin && mostLogins > 0) counts.push(logins.count(address, mostLogins, 60));
  if (most > 0) counts.push(visits.count(address, most, 60));
  return counts.find(({ isOver }) => isOver) ?? null;
}

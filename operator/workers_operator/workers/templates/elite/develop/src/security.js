/** Checks and fixes security headers, cookies, mixed content, and headers that disclose software. */
import { attr, selectorOf } from "code24/page/document.js";
import { resourcesOf } from "./resources.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */

const UPGRADE = "upgrade-insecure-requests";
const DISCLOSING = ["X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];

/** @type {[string, string][]} headers that are added if the site does not set them */
const ADDED = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "SAMEORIGIN"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Permissions-Policy", "geolocation=(self), camera=(), microphone=(), browsing-topics=()"],
];

/**
 * @param {string} id
 * @param {string} header
 * @param {Audit["severity"]} severity
 * @param {number} weight
 * @param {string} message
 * @param {(page: Page) => boolean} [applies]
 * @returns {Audit}
 */
function missing(id, header, severity, weight, message, applies = () => true) {
  const value = ADDED.find(([name]) => name === header)?.[1] ?? "max-age=31536000";
  return {
    id,
    category: "security",
    severity,
    weight,
    message,
    fix: `Send ${header}: ${value}.`,
    fixedBy: "headers",
    *checkSite([first]) {
      if (applies(first) && !first.headers.get(header)) yield { page: first.url, header };
    },
  };
}

/** @param {Page} page */
const isHttps = (page) => page.url.startsWith("https:");
/** @param {Page} page */
const framedByAnyone = (page) => !/frame-ancestors/i.test(policyOf(page));

/** Return the page's Content-Security-Policy, from its header and its meta tags. @param {Page} page */
function policyOf({ headers, document }) {
  const meta = document.all("meta").filter((m) => attr(m, "http-equiv")?.toLowerCase() === "content-security-policy");
  return [headers.get("Content-Security-Policy"), ...meta.map((m) => attr(m, "content"))].filter(Boolean).join("; ");
}

/** @type {Audit[]} */
export const SECURITY_AUDITS = [
  missing(
    "hsts_missing",
    "Strict-Transport-Security",
    "warning",
    4,
    "Browsers may request the site over plain HTTP.",
    isHttps,
  ),
  missing(
    "nosniff_missing",
    "X-Content-Type-Options",
    "warning",
    3,
    "Browsers may guess another type for files than the site declares.",
  ),
  missing(
    "framing_allowed",
    "X-Frame-Options",
    "warning",
    3,
    "Any site can embed this one in a frame and hijack clicks.",
    framedByAnyone,
  ),
  missing(
    "referrer_policy_missing",
    "Referrer-Policy",
    "info",
    1,
    "The site does not limit the URLs that other sites receive in the Referer header.",
  ),
  missing(
    "permissions_policy_missing",
    "Permissions-Policy",
    "info",
    1,
    "Embedded content may request the camera or the location.",
  ),
  {
    id: "csp_missing",
    category: "security",
    severity: "warning",
    weight: 4,
    message: "There is no policy for scripts: the browser runs injected scripts.",
    fix: "Send a Content-Security-Policy with nonces instead of 'unsafe-inline'; test it with Content-Security-Policy-Report-Only.",
    *checkSite([first]) {
      if (!/(script|default)-src/i.test(policyOf(first))) yield { page: first.url, header: "Content-Security-Policy" };
    },
  },
  {
    id: "csp_weak",
    category: "security",
    severity: "info",
    weight: 2,
    message: "The policy for scripts allows inline scripts or scripts from any host.",
    fix: "Replace 'unsafe-inline' and wildcards with nonces or hashes and 'strict-dynamic'.",
    *checkSite([first]) {
      const sources = /(?:script|default)-src([^;]*)/i.exec(policyOf(first))?.[1] ?? "";
      const strict = /'(nonce|sha\d+)-/.test(sources);
      if (!strict && /'unsafe-inline'|(^|\s)(\*|https?:)(\s|$)/.test(sources))
        yield { page: first.url, header: "Content-Security-Policy", detail: sources.trim() };
    },
  },
  {
    id: "software_disclosed",
    category: "security",
    severity: "info",
    weight: 1,
    message: "Headers disclose the site's software and its version.",
    fix: "Remove these headers; only attackers use them.",
    fixedBy: "disclosure",
    *checkSite([first]) {
      for (const header of DISCLOSING)
        if (first.headers.get(header)) yield { page: first.url, header, detail: first.headers.get(header) ?? "" };
    },
  },
  {
    id: "cookie_insecure",
    category: "security",
    severity: "warning",
    weight: 3,
    message: "Some cookies are sent over plain HTTP, or with requests from other sites.",
    fix: "Add Secure and SameSite=Lax, and HttpOnly if no script reads the cookie.",
    fixedBy: "cookies",
    *check({ headers, url }) {
      if (!url.startsWith("https:")) return;
      for (const cookie of headers.getSetCookie())
        if (safeCookie(cookie) !== cookie) yield { header: "Set-Cookie", detail: cookie.split("=")[0] };
    },
  },
  {
    id: "mixed_content",
    category: "security",
    severity: "error",
    weight: 8,
    message: "The page is served over HTTPS, but loads files over plain HTTP: browsers block them or warn.",
    fix: "Use https URLs.",
    fixedBy: "mixedContent",
    *check(page) {
      if (!page.url.startsWith("https:")) return;
      const upgraded = new RegExp(UPGRADE, "i").test(policyOf(page));
      for (const { url, element } of resourcesOf(page))
        if (url.protocol === "http:" && !upgraded) yield { selector: selectorOf(element) };
    },
  },
  {
    id: "form_insecure",
    category: "security",
    severity: "error",
    weight: 8,
    message: "A form is submitted over plain HTTP.",
    fix: "Submit it to an https URL.",
    *check({ document, url }) {
      for (const form of document.all("form"))
        if (url.startsWith("https:") && /^http:/i.test(attr(form, "action") ?? ""))
          yield { selector: selectorOf(form) };
    },
  },
];

/** Return a cookie with Secure and SameSite. It stays readable for scripts. @param {string} cookie */
export function safeCookie(cookie) {
  const secure = /;\s*secure\b/i.test(cookie) ? "" : "; Secure";
  const sameSite = /;\s*samesite\s*=/i.test(cookie) ? "" : "; SameSite=Lax";
  return cookie + secure + sameSite;
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixHeaders({ headers, url }) {
  const ancestors = /frame-ancestors/i.test(headers.get("Content-Security-Policy") ?? "");
  for (const [name, value] of ADDED) {
    if (name === "X-Frame-Options" && ancestors) continue;
    if (!headers.has(name)) headers.set(name, value);
  }
  if (url.protocol === "https:" && !headers.has("Strict-Transport-Security"))
    headers.set("Strict-Transport-Security", "max-age=31536000");
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixDisclosure({ headers }) {
  for (const name of DISCLOSING) headers.delete(name);
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixCookies({ headers, url }) {
  if (url.protocol !== "https:") return;
  const cookies = headers.getSetCookie().map(safeCookie);
  headers.delete("Set-Cookie");
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixMixedContent({ headers, url }) {
  if (url.protocol !== "https:") return;
  const policy = headers.get("Content-Security-Policy");
  if (!policy) headers.set("Content-Security-Policy", UPGRADE);
  else if (!policy.includes(UPGRADE)) headers.set("Content-Security-Policy", `${policy}; ${UPGRADE}`);
}

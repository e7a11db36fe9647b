/** Checks and fixes the delivery of files: compression and browser caching. */
import { selectorOf } from "code24/page/document.js";
import { resourcesOf } from "./resources.js";

const LEAST_BYTES = 1400; // a single packet gains nothing from compression
const LEAST_AGE = 7 * 24 * 3600; // seconds
const TEXT = /^(text\/|application\/(javascript|json|xml|manifest\+json)|image\/svg)/i;

// Names with a hash of the content: app.3f2a9c1b.js, main-DB_ReeJG.css.
const HASHED = /[.-](?=[\w-]*\d|[\w-]*[A-Z])[\w-]{8,}\.(?:m?js|css|woff2?|png|jpe?g|gif|webp|avif|svg)$/;

/** @typedef {import("code24/types.d.ts").Page} Page */

/** Return the site's own files that were loaded. @param {Page} page */
function filesOf(page) {
  return resourcesOf(page).flatMap(({ url, element }) => {
    const asset = page.assets.get(url.href);
    return asset ? [{ asset, selector: selectorOf(element) }] : [];
  });
}

/** Return how many seconds a browser caches a response; null if it revalidates each time, or guesses. @param {Headers} headers */
export function keptFor(headers) {
  const control = headers.get("Cache-Control") ?? "";
  if (/no-store|no-cache/i.test(control)) return null;
  const age = /(?:^|[\s,])max-age=(\d+)/i.exec(control)?.[1];
  if (age) return Number(age);
  const expires = Date.parse(headers.get("Expires") ?? "");
  return Number.isNaN(expires) ? null : Math.max(0, (expires - Date.now()) / 1000);
}

/** @param {Headers} headers @param {number} bytes */
function isBare(headers, bytes) {
  return TEXT.test(headers.get("Content-Type") ?? "") && !headers.get("Content-Encoding") && bytes >= LEAST_BYTES;
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const DELIVERY_AUDITS = [
  {
    id: "not_compressed",
    category: "delivery",
    severity: "warning",
    weight: 5,
    message: "Text is sent without compression.",
    fix: "Enable gzip or Brotli on the server for HTML, CSS, JavaScript, JSON and SVG.",
    fixedBy: "compression",
    *check(page) {
      if (isBare(page.headers, page.bytes))
        yield { header: "Content-Encoding", detail: `the page: ${page.bytes} bytes`, fixable: false };
      for (const { asset, selector } of filesOf(page))
        if (asset.status < 400 && isBare(asset.headers, asset.bytes))
          yield { selector, detail: `${asset.bytes} bytes` };
    },
  },
  {
    id: "kept_too_short",
    category: "delivery",
    severity: "warning",
    weight: 4,
    message: "Browsers cache files for less than a week, and load them again unchanged.",
    fix: "Send Cache-Control: public, max-age=31536000, immutable for files with a hash in their name; a week for others.",
    fixedBy: "caching",
    *check(page) {
      for (const { asset, selector } of filesOf(page)) {
        const seconds = keptFor(asset.headers);
        if (asset.status < 400 && (seconds ?? 0) < LEAST_AGE)
          yield {
            selector,
            detail: asset.headers.get("Cache-Control") ?? "no Cache-Control",
            fixable: saysNothing(asset.headers) && HASHED.test(new URL(asset.url).pathname),
          };
      }
    },
  },
  {
    id: "file_broken",
    category: "delivery",
    severity: "error",
    weight: 6,
    message: "The page refers to files that cannot be loaded.",
    fix: "Correct the URLs, or remove them.",
    *check(page) {
      for (const { asset, selector } of filesOf(page))
        if (asset.status >= 400) yield { selector, detail: `status ${asset.status}` };
    },
  },
];

/** @param {Headers} headers */
function saysNothing(headers) {
  return !headers.get("Cache-Control") && !headers.get("Expires");
}

/**
 * Compress files that the site sends uncompressed. Pages are excluded: a compressor would delay their first bytes. @type {import("code24/types.d.ts").FileFix}
 */
export function compressFile(headers, _, accepts) {
  const small = Number(headers.get("Content-Length") ?? LEAST_BYTES) < LEAST_BYTES;
  const none = !headers.get("Content-Encoding") && !/no-transform/i.test(headers.get("Cache-Control") ?? "");
  if (small || !none || !TEXT.test(headers.get("Content-Type") ?? "") || !/\bgzip\b/i.test(accepts)) return;
  headers.set("Content-Encoding", "gzip");
  headers.append("Vary", "Accept-Encoding");
  headers.delete("Content-Length");
  headers.delete("Accept-Ranges");
  const tag = headers.get("ETag");
  if (tag && !tag.startsWith("W/")) headers.set("ETag", `W/${tag}`);
}

/** Let browsers cache files with a hash in their name for a year. @type {import("code24/types.d.ts").FileFix} */
export function keepFile(headers, url) {
  if (saysNothing(headers) && HASHED.test(url.pathname))
    headers.set("Cache-Control", "public, max-age=31536000, immutable");
}

/** Sends requests to the configured site only. Redirects are followed within the site, and redirect loops are detected. */
import { isOwn } from "./origin.js";

/** @typedef {import("../types.d.ts").Fetched} Fetched */

export const TIMEOUT_MS = 8000;
const MAX_REDIRECTS = 5;
const USER_AGENT = "Code24-Elite/2.0 (+https://code24.dev)";
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A redirect that is not followed. */
export class Refused extends Error {
  /** @param {"redirect_loop" | "redirect_elsewhere"} id @param {string} detail @param {string} url @param {number} status */
  constructor(id, detail, url, status) {
    super(id);
    this.id = id;
    this.detail = detail;
    this.url = url;
    this.status = status;
  }
}

/**
 * Return the site's response; the caller has to read or cancel its body. Throws Refused and the errors of fetch(),
 * including TimeoutError; the timeout covers headers and body.
 * @param {URL} from
 * @param {URL} site
 * @param {{accept: string, timeoutMs?: number}} options
 * @returns {Promise<Fetched>}
 */
export async function get(from, site, { accept, timeoutMs = TIMEOUT_MS }) {
  const signal = AbortSignal.timeout(Math.max(1, timeoutMs));
  const headers = { "User-Agent": USER_AGENT, Accept: accept, "Accept-Encoding": "gzip" };
  const seen = new Set();
  let url = new URL(from);
  for (;;) {
    url.hash = "";
    seen.add(url.href);
    const response = await fetch(url, { redirect: "manual", signal, headers });
    const location = REDIRECTS.has(response.status) ? response.headers.get("Location") : null;
    const next = location ? URL.parse(location, url) : null;
    if (!next) {
      const redirects = seen.size - 1;
      return { url: url.href, status: response.status, headers: response.headers, response, redirects };
    }
    await response.body?.cancel();
    next.hash = "";
    if (!isOwn(next, site)) throw new Refused("redirect_elsewhere", next.origin, url.href, response.status);
    if (seen.has(next.href) || seen.size > MAX_REDIRECTS)
      throw new Refused("redirect_loop", next.href, url.href, response.status);
    url = next;
  }
}

/**
 * Feature "keys": requires an API key. The secret API_KEYS contains the keys as `name:key`, separated by spaces, commas or
 * line breaks. A name can have several keys, so that clients can rotate them.
 */

import { failure } from "code24/answers.js";
import { RateLimit } from "code24/visitors/ratelimit.js";
import { bearer, fingerprint } from "code24/visitors/secrets.js";
import { addressOf } from "code24/visitors/visitor.js";

const HEADER = "X-API-Key";
const WRONG_PER_MINUTE = 20;
const wrong = new RateLimit();
/** @type {{text: string | null, names: Map<string, string>}} the parsed API_KEYS: fingerprint → name */
const known = { text: null, names: new Map() };

/**
 * Return {client}, the name of a valid key ("" if no key is required), or {refused: Response}.
 * @param {Request} request
 * @param {URL} url
 * @param {{API_KEYS?: string}} env
 * @param {{header?: string, publicPaths?: string[]}} parameters
 * @returns {Promise<{client?: string, refused?: Response}>}
 */
export async function identify(request, url, env, { header = HEADER, publicPaths = [] }) {
  const key = request.headers.get(header) ?? bearer(request);
  if (key === null && isPublic(url.pathname, publicPaths)) return { client: "" };
  if (!env.API_KEYS) return { refused: failure(503, "keys_missing", "The secret API_KEYS is not set.") };
  const client = key === null ? undefined : (await keys(env.API_KEYS)).get(await fingerprint(key));
  if (client !== undefined) return { client };
  const { isOver, seconds } = wrong.count(addressOf(request), WRONG_PER_MINUTE, 60);
  if (isOver)
    return {
      refused: failure(429, "too_many_requests", "Too many invalid keys.", {}, { "Retry-After": String(seconds) }),
    };
  const message = key === null ? `Send an API key in the header ${header}.` : "The API key is invalid.";
  return { refused: failure(401, "unauthorized", message, {}, { "WWW-Authenticate": "Bearer" }) };
}

/**
 * Return whether a path requires no key. Paths with escapes always require one: the upstream may decode them.
 * @param {string} pathname
 * @param {string[]} paths
 */
function isPublic(pathname, paths) {
  if (!/^[\w\-.~/]*$/.test(pathname) || pathname.includes("//")) return false;
  return paths.some((path) => pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`));
}

/**
 * Remove the key from the request's headers for the upstream.
 * @param {Headers} headers
 * @param {{header?: string}} parameters
 */
export function hideKey(headers, { header = HEADER }) {
  if (headers.has(header)) headers.delete(header);
  else headers.delete("Authorization");
}

/** Return the keys in the secret: fingerprint → name. @param {string} text */
async function keys(text) {
  if (known.text === text) return known.names;
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const entry of text.split(/[\s,]+/)) {
    const [name, ...key] = entry.split(":");
    if (name && key.join(":")) names.set(await fingerprint(key.join(":")), name);
  }
  Object.assign(known, { text, names });
  return names;
}

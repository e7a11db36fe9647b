/**
 * Feature "keys": who asks has to bring a key. The keys are the secret API_KEYS: `name:key`, parted by spaces, commas or
 * lines; one name may have several, so that they can be changed one after the other.
 */

import { failure } from "code24/answers.js";
import { RateLimit } from "code24/ratelimit.js";
import { bearer, fingerprint } from "code24/secrets.js";
import { addressOf } from "code24/visitor.js";

const HEADER = "X-API-Key";
const WRONG_PER_MINUTE = 20;
const wrong = new RateLimit();
/** @type {{text: string | null, names: Map<string, string>}} the keys as last read: fingerprint → name */
const known = { text: null, names: new Map() };

/**
 * {client} for a good key ("" where none is needed), or {refused: Response}.
 * @param {Request} request
 * @param {URL} url
 * @param {{API_KEYS?: string}} env
 * @param {{header?: string, publicPaths?: string[]}} parameters
 * @returns {Promise<{client?: string, refused?: Response}>}
 */
export async function identify(request, url, env, { header = HEADER, publicPaths = [] }) {
  const key = request.headers.get(header) ?? bearer(request);
  if (key === null && isPublic(url.pathname, publicPaths)) return { client: "" };
  if (!env.API_KEYS) return { refused: failure(503, "keys_missing", "The API needs the secret API_KEYS.") };
  const client = key === null ? undefined : (await keys(env.API_KEYS)).get(await fingerprint(key));
  if (client !== undefined) return { client };
  const { isOver, seconds } = wrong.count(addressOf(request), WRONG_PER_MINUTE, 60);
  if (isOver)
    return { refused: failure(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(seconds) }) };
  const message = key === null ? `A key is needed, in the header ${header}.` : "The key is not known.";
  return { refused: failure(401, "unauthorized", message, {}, { "WWW-Authenticate": "Bearer" }) };
}

/**
 * Whether a path needs no key. One with escapes might be another to the upstream, so that it does.
 * @param {string} pathname
 * @param {string[]} paths
 */
function isPublic(pathname, paths) {
  if (!/^[\w\-.~/]*$/.test(pathname) || pathname.includes("//")) return false;
  return paths.some((path) => pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`));
}

/**
 * Takes the key out of what the upstream gets.
 * @param {Headers} headers
 * @param {{header?: string}} parameters
 */
export function hideKey(headers, { header = HEADER }) {
  if (headers.has(header)) headers.delete(header);
  else headers.delete("Authorization");
}

/** The keys that the secret holds: fingerprint → name. @param {string} text */
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

/** Comparing what somebody claims to know with what it should be. */

/**
 * Whether two texts are the same, in a time that doesn't tell how much of them is.
 * @param {string} given
 * @param {string} expected
 * @returns {Promise<boolean>}
 */
export async function isSame(given, expected) {
  const [left, right] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

/**
 * @param {string} text
 * @returns {Promise<ArrayBuffer>}
 */
function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

/**
 * The token of `Authorization: Bearer …`, or null.
 * @param {Request} request
 */
export function bearer(request) {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

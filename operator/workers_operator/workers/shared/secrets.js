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
 * What stands for a secret in tables: finding it there tells nothing of the others.
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function fingerprint(text) {
  return Array.from(new Uint8Array(await digest(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The token of `Authorization: Bearer …`, or null.
 * @param {Request} request
 */
export function bearer(request) {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

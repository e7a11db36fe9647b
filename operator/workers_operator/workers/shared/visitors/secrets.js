/** Compares secrets. */

/**
 * Compare two strings in constant time.
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
 * Return a digest that stands for a secret as the key of a table: a lookup reveals nothing about the other secrets.
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function fingerprint(text) {
  return Array.from(new Uint8Array(await digest(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Return the token of `Authorization: Bearer …`, or null.
 * @param {Request} request
 */
export function bearer(request) {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

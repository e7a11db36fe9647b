/**
 * Selections: the operator's own requests, which name the instance, and the version if it is not the one that serves.
 *
 * Header `Code24-Instance: <version or ->.<instance>.<expiry>.<signature>`. The signature is an HMAC-SHA-256 in hex over
 * host, version, instance and expiry (Unix time), one a line, with the key in the binding PROBE_KEY
 * (domain/health/selection.py). A header that is not the operator's selects nothing.
 */

const HEADER = "Code24-Instance";
const FORM = /^([0-9a-f]{8}|-)\.(\d{1,4})\.(\d{10})\.([0-9a-f]{64})$/;
const MAX_AHEAD_S = 3600; // an operator whose clock is ahead makes no header that holds for ever

/** `version` null: the one that serves. @typedef {{version: string | null, instance: number}} Selection */

/** @type {{text: string, key: Promise<CryptoKey>} | null} */
let imported = null;

/**
 * Return what a request of the operator selects; null for all other requests.
 * @param {Request} request
 * @param {string} host
 * @param {string | undefined} secret PROBE_KEY, in hex
 * @returns {Promise<Selection | null>}
 */
export async function selectionOf(request, host, secret) {
  const found = FORM.exec(request.headers.get(HEADER) ?? "");
  if (!found || !secret) return null;
  const [, version, instance, expiry, signature] = found;
  const left = Number(expiry) - Date.now() / 1000;
  if (left < 0 || left > MAX_AHEAD_S) return null;
  const signed = new TextEncoder().encode([host, version, instance, expiry].join("\n"));
  if (!(await crypto.subtle.verify("HMAC", await keyOf(secret), bytes(signature), signed))) return null;
  return { version: version === "-" ? null : version, instance: Number(instance) };
}

/** @param {string} text */
function keyOf(text) {
  if (imported?.text !== text) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    imported = { text, key: crypto.subtle.importKey("raw", bytes(text), algorithm, false, ["verify"]) };
  }
  return imported.key;
}

/** @param {string} hex */
function bytes(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Which instance a client's requests go to, where a worker has an affinity (`spec.sessionAffinity`).
 *
 * Every instance gets a number from the client's key and its own, and the highest one wins (rendezvous hashing): an
 * instance that comes takes its share from all others, one that goes leaves its clients to all others, and nobody else
 * moves. The key is the client's address, or a cookie that it gets with its first response.
 */

import { digest } from "./versions.js";

const COOKIE = "Code24-Affinity";
const COOKIE_SECONDS = 86400;
const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `key`: the same for all requests of a client; `isNew`: it was made just now. @typedef {{key: string, isNew: boolean}} Session */

/**
 * Return a client's session; null if there is none, and any instance will do.
 * @param {Request} request
 * @param {string | null} affinity
 * @returns {Session | null}
 */
export function sessionOf(request, affinity) {
  if (affinity === "ClientIP") {
    const address = request.headers.get("CF-Connecting-IP");
    return address ? { key: address, isNew: false } : null;
  }
  if (affinity !== "Cookie") return null;
  const cookies = (request.headers.get("Cookie") ?? "").split(";").map((pair) => pair.trim());
  const known = cookies.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? "";
  return KEY.test(known) ? { key: known, isNew: false } : { key: crypto.randomUUID(), isNew: true };
}

/**
 * Return the one of several instances that a client's requests go to.
 * @param {Session} session
 * @param {number[]} instances at least one
 */
export function instanceOf({ key }, instances) {
  const rank = (/** @type {number} */ instance) => digest(`${instance} ${key}`);
  return instances.reduce((best, one) => (rank(one) > rank(best) ? one : best));
}

/**
 * Have a client keep a session that was made for this request.
 * @param {Headers} headers of the response
 * @param {Request} request
 * @param {Session} session
 */
export function keepSession(headers, request, { key, isNew }) {
  if (!isNew) return;
  const secure = request.url.startsWith("https:") ? "; Secure" : "";
  const lasting = `Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
  headers.append("Set-Cookie", `${COOKIE}=${key}; ${lasting}`);
}

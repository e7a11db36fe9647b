/**
 * Which of two versions answers a request while a new one is rolled out.
 *
 * Every client has a place between 0 and 9,999, and the new version answers those below its share: who has been there
 * stays there as the share grows. The place follows from the header `Cloudflare-Workers-Version-Key`, as at Cloudflare
 * (developers.cloudflare.com/workers/configuration/versions-and-deployments/gradual-deployments), or else from a cookie
 * that a browser gets with the first page; otherwise it is drawn anew for every request. It is another one for every new
 * version: nobody is always among the first.
 */

const KEY = "Cloudflare-Workers-Version-Key";
const COOKIE = "Code24-Rollout";
const PLACES = 10000;
const COOKIE_SECONDS = 86400;

/** `place`: of the client; `isNew`: it was drawn just now. @typedef {{place: number, isNew: boolean}} Client */

/**
 * Return a client's place in the rollout of a version.
 * @param {Request} request
 * @param {string} hash of the version
 * @returns {Client}
 */
export function clientOf(request, hash) {
  const key = request.headers.get(KEY);
  if (key) return { place: digest(`${hash} ${key}`) % PLACES, isNew: false };
  const place = fromCookie(request.headers.get("Cookie") ?? "", `${COOKIE}-${hash}=`);
  if (place !== null) return { place, isNew: false };
  return { place: Math.floor(Math.random() * PLACES), isNew: true };
}

/**
 * Whether a client is among the first `weight` percent.
 * @param {Client} client
 * @param {number} weight
 */
export function isAmong({ place }, weight) {
  return place < (weight * PLACES) / 100;
}

/**
 * Have a browser keep its place, if it was drawn for this request. Other clients, which ask for no page, get no cookie.
 * @param {Headers} headers of the response
 * @param {Request} request
 * @param {string} hash
 * @param {Client} client
 */
export function keepPlace(headers, request, hash, { place, isNew }) {
  if (!isNew || !(request.headers.get("Accept") ?? "").includes("text/html")) return;
  const secure = request.url.startsWith("https:") ? "; Secure" : "";
  const lasting = `Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
  headers.append("Set-Cookie", `${COOKIE}-${hash}=${place}; ${lasting}`);
}

/** @param {string} cookies @param {string} name with its = @returns {number | null} */
function fromCookie(cookies, name) {
  const found = cookies.split(";").find((pair) => pair.trim().startsWith(name));
  const text = found?.trim().slice(name.length) ?? "";
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}

/** FNV-1a over UTF-16 code units, and the finalizer of MurmurHash3, which spreads neighbours. @param {string} text */
export function digest(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

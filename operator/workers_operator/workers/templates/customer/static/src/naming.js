/** Which file a path means. */

const HIDDEN = /(^|\/)\.(?!well-known(\/|$))/;
/** main.3f9a1c02.css, index-9b1dc0aa41.js: a name that changes with the content. */
const HASHED = /[.-](?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.[a-z0-9]+$/i;
const MAX_KEY = 1000; // bytes; no store has longer ones

/**
 * @typedef {object} Layout
 * @property {string} prefix of all keys
 * @property {string} index
 * @property {boolean} cleanUrls
 */

/**
 * The keys that may hold what a path means, the likeliest first; none for paths that can't mean anything.
 * @param {string} pathname
 * @param {Layout} layout
 * @returns {string[]}
 */
export function keysOf(pathname, { prefix, index, cleanUrls }) {
  const path = decoded(pathname);
  if (path === null || HIDDEN.test(path)) return [];
  const isFolder = path === "" || path.endsWith("/");
  const keys = isFolder ? [path + index] : [path, ...(cleanUrls ? [`${path}.html`] : [])];
  return keys.map((key) => prefix + key).filter((key) => new TextEncoder().encode(key).length <= MAX_KEY);
}

/**
 * The key of the page that a path would mean with a slash at its end, or null.
 * @param {string} pathname
 * @param {Layout} layout
 */
export function folderKeyOf(pathname, layout) {
  return pathname.endsWith("/") ? null : (keysOf(`${pathname}/`, layout)[0] ?? null);
}

/** Whether a path looks like a file's, which no page of an application would do. @param {string} pathname */
export function isFileName(pathname) {
  return /\.[A-Za-z0-9]{1,8}$/.test(pathname);
}

/**
 * Whether what lies under a name never changes.
 * @param {string} pathname
 * @param {unknown} prefixes that say so
 */
export function isImmutable(pathname, prefixes) {
  const listed = Array.isArray(prefixes) ? prefixes : [];
  return HASHED.test(pathname) || listed.some((prefix) => typeof prefix === "string" && pathname.startsWith(prefix));
}

/** @param {string} pathname */
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname).replace(/^\/+/, "");
  } catch {
    return null;
  }
}

/** Maps paths to keys of files. */

const HIDDEN = /(^|\/)\.(?!well-known(\/|$))/;
/** Names with a hash of the content: main.3f9a1c02.css, index-9b1dc0aa41.js. */
const HASHED = /[.-](?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.[a-z0-9]+$/i;
const MAX_KEY = 1000; // bytes; no store has longer keys

/**
 * @typedef {object} Layout
 * @property {string} prefix of all keys
 * @property {string} index
 * @property {boolean} cleanUrls
 */

/**
 * Return the keys that a path may refer to, the likeliest first; [] for invalid and hidden paths.
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
 * Return the key that a path refers to with a slash appended, or null.
 * @param {string} pathname
 * @param {Layout} layout
 */
export function folderKeyOf(pathname, layout) {
  return pathname.endsWith("/") ? null : (keysOf(`${pathname}/`, layout)[0] ?? null);
}

/** Return whether a path looks like a file name, unlike the routes of an application. @param {string} pathname */
export function isFileName(pathname) {
  return /\.[A-Za-z0-9]{1,8}$/.test(pathname);
}

/**
 * Return whether the content of a path never changes.
 * @param {string} pathname
 * @param {unknown} prefixes of immutable paths
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

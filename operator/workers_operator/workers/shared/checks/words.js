/** Derives readable names from file names, classes and URLs. Pure. */

const NOISE = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " ",
  ),
);
const SEEN = /[a-zà-ÿ]{3,}/i;

/** Convert an identifier into words: "team-photo_2" becomes "team photo". Returns null if it is not descriptive. @param {string} name */
export function wordsOf(name) {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word && !NOISE.has(word.toLowerCase()) && !/^\d+(x\d+)?$/i.test(word) && !isHash(word));
  const text = words.join(" ").slice(0, 80);
  return SEEN.test(text) ? text : null;
}

/** @param {string} word */
function isHash(word) {
  return (/^[0-9a-f]{6,}$/i.test(word) && /\d/.test(word)) || (word.length > 12 && /\d/.test(word));
}

/** Return the last segment of a URL's path, without its extension. @param {string} address */
export function fileName(address) {
  const path = address.split(/[?#]/)[0].replace(/\/+$/, "");
  const last = path.slice(path.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

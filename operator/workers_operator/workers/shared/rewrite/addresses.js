/** Rewrites URLs of the site for pages that are served under a path prefix. Pure. */
import { says } from "./lexer.js";

/**
 * Rewrite a URL of the site to a path below `prefix`. Other URLs, and URLs relative to the page, are returned
 * unchanged.
 * @param {string} value as written in the source
 * @param {URL} site
 * @param {string} prefix
 */
export function moved(value, site, prefix) {
  const start = value.trimStart();
  if (start.startsWith("/") && !start.startsWith("//")) return prefix + start;
  const { origin, host } = site;
  for (const own of [origin, `//${host}`]) {
    if (!start.toLowerCase().startsWith(own)) continue;
    const rest = start.slice(own.length);
    if (rest === "") return `${prefix}/`;
    if (/^[/?#]/.test(rest)) return prefix + (rest.startsWith("/") ? rest : `/${rest}`);
  }
  return value;
}

/** Rewrite a `srcset`, a comma-separated list of URLs with descriptors. @param {string} value @param {URL} site @param {string} prefix */
export function movedSet(value, site, prefix) {
  return value.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (_, comma, space, address) => {
    return comma + space + moved(address, site, prefix);
  });
}

/** Rewrite url(…) and imports in a style sheet. @param {string} css @param {URL} site @param {string} prefix */
export function movedInCss(css, site, prefix) {
  return css.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (_, start, address) => {
    return start + moved(address, site, prefix);
  });
}

/** @typedef {(value: string, site: URL, prefix: string) => string} Moving */

/** Attributes that contain URLs, by the length of their names. @type {Record<number, [string, Moving][]>} */
const ATTRIBUTES = {};
for (const name of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) add(name, moved);
for (const name of ["srcset", "imagesrcset", "data-srcset"]) add(name, movedSet);
add("style", movedInCss);

/** @param {string} name @param {Moving} moving */
function add(name, moving) {
  ATTRIBUTES[name.length] = [...(ATTRIBUTES[name.length] ?? []), [name, moving]];
}

/**
 * Rewrite the URLs in a page's tags, except those of <link>, which depend on its rel (moving.js).
 * @param {URL} site
 * @param {string} prefix
 * @returns {import("./ahead.js").Reader}
 */
export function addressMover(site, prefix) {
  return {
    attribute(source, tag, named, nameEnd, from, to, edit) {
      const [name, moving] = ATTRIBUTES[nameEnd - named]?.find(([one]) => says(source, named, one)) ?? [];
      if (!moving || (tag === "link" && name === "href") || (name === "data" && tag !== "object")) return;
      const value = latin1(source.subarray(from, to));
      const next = moving(value, site, prefix);
      if (next !== value) edit(from, to, next);
    },
  };
}

/** Return the original of a URL that may have been rewritten, without the prefix. @param {string | null} value @param {string} prefix */
export function unmoved(value, prefix) {
  return prefix && value?.startsWith(`${prefix}/`) ? value.slice(prefix.length) : value;
}

const HELD = 8192; // maximum of characters at the end of a chunk, because a URL can continue in the next one

/**
 * Rewrite the URLs in a style sheet while it streams. All other bytes stay the same.
 * @param {URL} site
 * @param {string} prefix
 */
export function cssMover(site, prefix) {
  let held = "";
  return new TransformStream({
    /** @param {Uint8Array} chunk @param {any} controller */
    transform(chunk, controller) {
      const text = held + latin1(chunk);
      const boundary = Math.max(...[...";{})"].map((char) => text.lastIndexOf(char))) + 1;
      const end = text.length - boundary > HELD ? text.length : boundary;
      held = text.slice(end);
      controller.enqueue(bytesOf(movedInCss(text.slice(0, end), site, prefix)));
    },
    /** @param {any} controller */
    flush(controller) {
      controller.enqueue(bytesOf(movedInCss(held, site, prefix)));
    },
  });
}

const AT_ONCE = 8192; // arguments per call

/** Convert bytes to characters with the same code, independent of the character set. @param {Uint8Array} bytes */
function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return text;
}

/** Convert such characters back to bytes. @param {string} text */
function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  putText(text, bytes, 0);
  return bytes;
}

/** Write a text with one character per byte. @param {string} text @param {Uint8Array} bytes @param {number} from */
export function putText(text, bytes, from) {
  for (let at = 0; at < text.length; at += 1) bytes[from + at] = text.charCodeAt(at);
}

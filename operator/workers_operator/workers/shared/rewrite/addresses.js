/** Addresses of the site, as they have to be where its pages are served below another path. Pure. */
import { says } from "./lexer.js";

/**
 * Where an address of the site leads: below `prefix`. Any other address, and one that is relative to the page, stays.
 * @param {string} value as it stands in the source
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

/** The same for `srcset`: addresses with descriptors, between commas. @param {string} value @param {URL} site @param {string} prefix */
export function movedSet(value, site, prefix) {
  return value.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (_, comma, space, address) => {
    return comma + space + moved(address, site, prefix);
  });
}

/** The same for style sheets: url(…) and imports. @param {string} css @param {URL} site @param {string} prefix */
export function movedInCss(css, site, prefix) {
  return css.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (_, start, address) => {
    return start + moved(address, site, prefix);
  });
}

/** @typedef {(value: string, site: URL, prefix: string) => string} Moving */

/** Attributes with addresses, by the length of their names. @type {Record<number, [string, Moving][]>} */
const ATTRIBUTES = {};
for (const name of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) add(name, moved);
for (const name of ["srcset", "imagesrcset", "data-srcset"]) add(name, movedSet);
add("style", movedInCss);

/** @param {string} name @param {Moving} moving */
function add(name, moving) {
  ATTRIBUTES[name.length] = [...(ATTRIBUTES[name.length] ?? []), [name, moving]];
}

/**
 * Moves the addresses of a page's tags; those of <link> are somebody else's, who sees what kind of link it is.
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

/** An address that may have been moved, as it was: without the prefix. @param {string | null} value @param {string} prefix */
export function unmoved(value, prefix) {
  return prefix && value?.startsWith(`${prefix}/`) ? value.slice(prefix.length) : value;
}

const HELD = 8192; // characters of a chunk's end at the most: an address may go on in the next one

/**
 * A style sheet on its way, byte by byte as it came but for the addresses.
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

const AT_ONCE = 8192; // arguments of one call

/** Bytes as characters of the same number, whatever their character set is. @param {Uint8Array} bytes */
function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return text;
}

/** The other way round. @param {string} text */
function bytesOf(text) {
  const bytes = new Uint8Array(text.length);
  putText(text, bytes, 0);
  return bytes;
}

/** Writes a text that has a character for each byte. @param {string} text @param {Uint8Array} bytes @param {number} from */
export function putText(text, bytes, from) {
  for (let at = 0; at < text.length; at += 1) bytes[from + at] = text.charCodeAt(at);
}

/** Adds names to links and buttons with neither text nor a named image, in the source and ahead of HTMLRewriter. */
import { altFrom, lacksAlt } from "code24/checks/alt.js";
import { decode } from "code24/html.js";
import { says } from "code24/rewrite/lexer.js";

const TAG = /<[a-z][^>]*>/gi;
const CLASS = /[\s/]class\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
const NAMING = /[\s/](aria-label|aria-labelledby|title)\s*=|<img[\s/]/i;
/** Patterns by the attribute that they match. @type {Map<string, RegExp>} */
const ATTRIBUTES = new Map();

/** A Reader (code24/rewrite/ahead.js) that inserts HTML before the end tags of these elements. */
export class NamelessLinks {
  /** Tag of the open element that may be nameless; "" if there is none. */
  #name = "";
  #from = 0;
  #to = 0; // end of its start tag
  #leads = false; // whether the current start tag has an href
  #inSelect = false; // HTMLRewriter fails at a <style> in a <select>
  #decoder;
  #htmlFor;

  /**
   * @param {string} charset of the page
   * @param {(classes: string[], href: string) => string} htmlFor returns the HTML to insert; the classes include those of inner elements
   */
  constructor(charset, htmlFor) {
    this.#decoder = new TextDecoder(charset);
    this.#htmlFor = htmlFor;
  }

  heldFrom() {
    return this.#name ? this.#from : Infinity;
  }

  letGo() {
    this.#name = "";
  }

  /** @type {NonNullable<import("code24/rewrite/ahead.js").Reader["attribute"]>} */
  attribute(source, tag, named, nameEnd) {
    if (tag === "a" && nameEnd - named === 4 && says(source, named, "href")) this.#leads = true;
  }

  /** @type {NonNullable<import("code24/rewrite/ahead.js").Reader["tag"]>} */
  tag(source, name, isEnd, from, to, isForeign, edit) {
    if (name === "select") this.#inSelect = !isEnd;
    const leads = this.#leads;
    this.#leads = false;
    if (name !== "a" && name !== "button") return;
    const html = isEnd && name === this.#name ? this.#naming(source, from) : "";
    if (html) edit(from, from, html);
    const isWanted = !isEnd && !isForeign && !this.#inSelect && (name === "button" || leads);
    this.#name = isWanted ? name : "";
    this.#from = from;
    this.#to = to;
  }

  /** @type {NonNullable<import("code24/rewrite/ahead.js").Reader["text"]>} */
  text(source, from, to, inside) {
    if (this.#name && inside !== "script" && inside !== "style" && !this.#isBlank(source, from, to)) this.#name = "";
  }

  /** Return the HTML that names the open element, or "" if it has a name. @param {Uint8Array} source @param {number} end offset of its end tag */
  #naming(source, end) {
    const tag = this.#decoder.decode(source.subarray(this.#from, this.#to));
    const href = valueIn(tag, "href");
    const isLink = href !== undefined && /^(link)?$/.test(valueIn(tag, "role") ?? "");
    if ((this.#name === "a" && !isLink) || (NAMING.test(tag) && isNamed(tag))) return "";
    const inside = this.#decoder.decode(source.subarray(this.#to, end));
    if (NAMING.test(inside) && inside.match(TAG)?.some(isNamed)) return "";
    return this.#htmlFor(classesIn(tag + inside), decode(href ?? ""));
  }

  /** Return whether a text is blank, as far as it was received. @param {Uint8Array} source @param {number} from @param {number} to */
  #isBlank(source, from, to) {
    for (let at = from; at < to; at += 1) {
      const byte = source[at];
      const maySpace = byte === 0x26 || byte > 127; // &nbsp;, or the character itself
      if (maySpace) return to === source.length || decode(this.#decoder.decode(source.subarray(at, to))) === "";
      if (byte > 32) return false;
    }
    return true;
  }
}

/** @param {string} html */
function classesIn(html) {
  const values = (html.match(CLASS) ?? []).map((value) => value.replace(/^[^=]*=|["']/g, " "));
  return values.join("").split(/\s+/).filter(Boolean);
}

/** @param {string} tag */
function isNamed(tag) {
  const get = (/** @type {string} */ name) => valueIn(tag, name);
  if (["aria-label", "aria-labelledby", "title"].some((name) => decode(get(name) ?? "") !== "")) return true;
  return /^<img[\s/]/i.test(tag) && Boolean((lacksAlt(get) ? altFrom(get) : get("alt"))?.trim());
}

/** Return an attribute's raw value from a tag's source, or undefined. @param {string} tag @param {string} name */
function valueIn(tag, name) {
  const known = ATTRIBUTES.get(name);
  const pattern = known ?? new RegExp(`[\\s/]${name}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))|(?=[\\s/>]))`, "i");
  if (!known) ATTRIBUTES.set(name, pattern);
  const [found, double, single, bare] = pattern.exec(tag) ?? [];
  return found && (double ?? single ?? bare ?? "");
}

/** A page as written in its source: elements in document order with attributes and texts. Nothing is rendered. */
import { decode } from "../html.js";

/** @typedef {import("../types.d.ts").PageElement} PageElement */

const VOID = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" "),
);
const SIBLING_ENDS = new Set("li option dt dd tr td th p".split(" ")); // a start tag closes the previous sibling
const INERT = new Set(["noscript", "template"]);
const MAX_SELECTOR = 160;
const MAX_DEPTH = 256; // deeper elements become siblings, as in browsers (whose limit is 512)

/** @param {string} tag */
export function isVoid(tag) {
  return VOID.has(tag);
}

export class PageDocument {
  /** @type {PageElement[]} */
  elements = [];
  /** @type {import("../types.d.ts").Doctype | null} */
  doctype = null;
  /** The character set declared in the first 1024 bytes; browsers ignore later declarations. @type {string | null} */
  charset = null;
  /** @type {string[]} */
  #texts = [];
  /** @type {PageElement[]} */
  #open = [];
  /** @type {Map<string, PageElement> | null} */
  #ids = null;
  /** Whether the head can be extended: the source contains its end tag, or the start of the body. */
  headEnds = false;

  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {boolean} [closed] whether it cannot have content
   */
  open(tag, attributes, closed = isVoid(tag)) {
    const top = this.#open.at(-1);
    if (top && top.tag === tag && SIBLING_ENDS.has(tag)) this.close(top);
    const parent = this.#open.at(-1) ?? null;
    const index = this.elements.length;
    const at = this.#texts.length;
    const inert = parent !== null && (parent.inert || INERT.has(parent.tag));
    /** @type {PageElement} */
    const element = { tag, index, last: index, parent, attributes, textStart: at, textEnd: at, inert };
    this.elements.push(element);
    if (tag === "body") this.headEnds = true;
    if (!closed && this.#open.length < MAX_DEPTH) this.#open.push(element);
    return element;
  }

  /** Close an element and all open elements inside it. @param {PageElement} element */
  close(element) {
    if (!this.#open.includes(element)) return;
    if (element.tag === "head") this.headEnds = true;
    for (;;) {
      const ended = /** @type {PageElement} */ (this.#open.pop());
      ended.textEnd = this.#texts.length;
      ended.last = this.elements.length - 1;
      if (ended === element) return;
    }
  }

  /** @param {string} text raw source text */
  text(text) {
    this.#texts.push(text);
  }

  /** Finish the document. Call this at the end of the source. */
  end() {
    const outermost = this.#open[0];
    if (outermost) {
      const headEnds = this.headEnds;
      this.close(outermost);
      this.headEnds = headEnds; // a head without an end tag has no end
    }
  }

  /** Return the elements with these tags that are not inert. @param {...string} tags */
  all(...tags) {
    return this.elements.filter((element) => !element.inert && tags.includes(element.tag));
  }

  /** @param {string} tag */
  first(tag) {
    return this.elements.find((element) => !element.inert && element.tag === tag);
  }

  /** @param {string} id */
  byId(id) {
    this.#ids ??= new Map(
      this.elements.filter((e) => e.attributes.id).map((e) => [/** @type {string} */ (attr(e, "id")), e]),
    );
    return this.#ids.get(id);
  }

  /** @param {PageElement} element */
  inside(element) {
    return this.elements.slice(element.index + 1, element.last + 1);
  }

  /** Return the text of an element and its descendants as source. @param {PageElement} element */
  source(element) {
    return this.#texts.slice(element.textStart, element.textEnd).join("");
  }

  /** Return the text of an element and its descendants as a browser would display it. @param {PageElement} element */
  textOf(element) {
    return decode(this.source(element));
  }

  /** Return the content of the first <meta> with this name or property, or null. @param {string} name */
  meta(name) {
    for (const element of this.all("meta")) {
      const found = attr(element, "property") ?? attr(element, "name");
      if (found?.toLowerCase() === name && attr(element, "content")) return attr(element, "content");
    }
    return null;
  }

  /** Return the <link> elements with this rel and a non-empty href. @param {string} rel */
  links(rel) {
    return this.all("link").filter(
      (link) => attr(link, "href") && (attr(link, "rel") ?? "").toLowerCase().split(/\s+/).includes(rel),
    );
  }
}

/** Return an attribute's decoded and trimmed value, or null if it is absent or empty. @param {PageElement} element @param {string} name */
export function attr(element, name) {
  const value = element.attributes[name];
  return value === undefined ? null : decode(value) || null;
}

/** Return whether an attribute is present, even if it is empty. @param {PageElement} element @param {string} name */
export function has(element, name) {
  return Object.hasOwn(element.attributes, name);
}

/** Return the closest ancestor with one of these tags, starting with the element itself. @param {PageElement} element @param {...string} tags */
export function closest(element, ...tags) {
  /** @type {PageElement | null} */
  let at = element;
  while (at && !tags.includes(at.tag)) at = at.parent;
  return at;
}

/** Return whether an element's attributes hide its content. @param {(name: string) => string | null | undefined} get the raw value of an attribute */
export function hides(get) {
  if ((get("hidden") ?? null) !== null || get("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(get("style") ?? "");
}

/** Return whether an element is hidden by its source or by style sheets, if those have been applied. @param {PageElement} element */
export function isHidden(element, withStyles = true) {
  /** @type {PageElement | null} */
  let at = element;
  for (; at; at = at.parent) {
    const { attributes, styles } = at;
    if (hides((name) => attributes[name])) return true;
    if (withStyles && (styles?.display === "none" || styles?.visibility === "hidden")) return true;
  }
  return false;
}

/** Return a selector by which people can find an element. @param {PageElement} element */
export function selectorOf(element) {
  const { tag } = element;
  const id = attr(element, "id");
  if (id) return cut(`${tag}#${id}`);
  for (const name of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const value = attr(element, name);
    if (value) return `${tag}[${name}="${cut(value)}"]`;
  }
  const classes = attr(element, "class");
  return cut(classes ? `${tag}.${classes.split(/\s+/).join(".")}` : tag);
}

/** @param {string} text */
function cut(text) {
  return text.length > MAX_SELECTOR ? `${text.slice(0, MAX_SELECTOR)}…` : text;
}

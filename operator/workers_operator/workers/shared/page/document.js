/** A page as its source says it: elements in document order, with their attributes and texts. Nothing is rendered. */
import { decode } from "../html.js";

/** @typedef {import("../types.d.ts").PageElement} PageElement */

const VOID = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" "),
);
const SIBLING_ENDS = new Set("li option dt dd tr td th p".split(" ")); // the next one ends the one before
const INERT = new Set(["noscript", "template"]);
const MAX_SELECTOR = 160;
const MAX_DEPTH = 256; // what lies deeper counts as lying beside, as in browsers (they allow 512)

/** @param {string} tag */
export function isVoid(tag) {
  return VOID.has(tag);
}

export class PageDocument {
  /** @type {PageElement[]} */
  elements = [];
  /** @type {import("../types.d.ts").Doctype | null} */
  doctype = null;
  /** What its first 1024 bytes say; later is too late for browsers. @type {string | null} */
  charset = null;
  /** @type {string[]} */
  #texts = [];
  /** @type {PageElement[]} */
  #open = [];
  /** @type {Map<string, PageElement> | null} */
  #ids = null;
  /** Whether something can be added to the head: its end, or where the body begins, stands in the source. */
  headEnds = false;

  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {boolean} [closed] it can't hold anything
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

  /** Ends an element, and those inside that have no end of their own. @param {PageElement} element */
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

  /** To be called at the end of the source. */
  end() {
    const outermost = this.#open[0];
    if (outermost) {
      const headEnds = this.headEnds;
      this.close(outermost);
      this.headEnds = headEnds; // a head that is never closed doesn't end
    }
  }

  /** The elements of these kinds that a visitor gets. @param {...string} tags */
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

  /** Its text and that of all inside, as source. @param {PageElement} element */
  source(element) {
    return this.#texts.slice(element.textStart, element.textEnd).join("");
  }

  /** Its text and that of all inside, as a browser would show it. @param {PageElement} element */
  textOf(element) {
    return decode(this.source(element));
  }

  /** The content of the first <meta> of this name or property; null where there is none. @param {string} name */
  meta(name) {
    for (const element of this.all("meta")) {
      const found = attr(element, "property") ?? attr(element, "name");
      if (found?.toLowerCase() === name && attr(element, "content")) return attr(element, "content");
    }
    return null;
  }

  /** The <link>s of a kind that lead somewhere. @param {string} rel */
  links(rel) {
    return this.all("link").filter(
      (link) => attr(link, "href") && (attr(link, "rel") ?? "").toLowerCase().split(/\s+/).includes(rel),
    );
  }
}

/** An attribute's decoded and trimmed value; null where it is absent or empty. @param {PageElement} element @param {string} name */
export function attr(element, name) {
  const value = element.attributes[name];
  return value === undefined ? null : decode(value) || null;
}

/** Whether an attribute is there, even if it is empty. @param {PageElement} element @param {string} name */
export function has(element, name) {
  return Object.hasOwn(element.attributes, name);
}

/** The element itself or the closest one around it of these kinds. @param {PageElement} element @param {...string} tags */
export function closest(element, ...tags) {
  /** @type {PageElement | null} */
  let at = element;
  while (at && !tags.includes(at.tag)) at = at.parent;
  return at;
}

/** Whether a tag hides what it holds. @param {(name: string) => string | null | undefined} get the raw value of an attribute */
export function hides(get) {
  if ((get("hidden") ?? null) !== null || get("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(get("style") ?? "");
}

/** Whether nobody perceives it: by its source and, where they were applied, style sheets. @param {PageElement} element */
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

/** A selector by which people find an element. @param {PageElement} element */
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

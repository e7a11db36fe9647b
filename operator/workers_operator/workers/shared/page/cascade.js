/**
 * Applies style sheets to a document, as far as the source allows: which elements are hidden, and which have a size.
 * The result is that of a phone before any script runs. What needs a browser (:hover, sizes that depend on other sizes)
 * is left out.
 */
import { declarationsOf } from "./css.js";
import { classesOf, fits, parseSelector } from "./selector.js";

/** @typedef {import("../types.d.ts").PageElement} PageElement */
/** @typedef {import("./css.js").Rule} Rule */
/** @typedef {{value: string, rank: number}} Said */

const PHONE_WIDTH = 412; // CSS pixels
const IMPORTANT = 1e9;
const INLINE = 1e8;

/** Return whether a rule's at-rule conditions match a phone's screen. @param {string} around */
function holds(around) {
  if (/^@layer|^@supports/i.test(around)) return true;
  if (!/^@media/i.test(around) || /print|prefers-|orientation|hover|not /i.test(around)) return false;
  const [least, most] = ["min", "max"].map((end) => {
    const found = new RegExp(`${end}-width:\\s*([\\d.]+)(px|em|rem)`, "i").exec(around);
    return found ? Number(found[1]) * (found[2] === "px" ? 1 : 16) : null;
  });
  return (least ?? 0) <= PHONE_WIDTH && PHONE_WIDTH <= (most ?? Number.POSITIVE_INFINITY);
}

/**
 * Set `styles` on each element to the declarations that apply to it.
 * @param {PageElement[]} elements
 * @param {Rule[]} rules in order
 * @param {string[]} properties
 */
export function applyStyles(elements, rules, properties) {
  const index = indexed(elements);
  /** @type {Map<PageElement, Record<string, Said>>} */
  const said = new Map();
  const say = (/** @type {PageElement} */ element, /** @type {string} */ name, /** @type {Said} */ one) => {
    const own = said.get(element) ?? {};
    if (!own[name] || own[name].rank <= one.rank) own[name] = one;
    said.set(element, own);
  };
  for (const { selector, declarations, important, media } of rules) {
    const names = properties.filter((name) => declarations.has(name));
    if (names.length === 0 || selector.startsWith("@") || !media.every(holds)) continue;
    for (const text of selector.split(",")) {
      const parsed = parseSelector(text);
      if (!parsed) continue;
      for (const element of candidates(index, parsed, elements)) {
        if (!fits(element, parsed)) continue;
        for (const name of names) {
          const rank = parsed.weight + (important.has(name) ? IMPORTANT : 0);
          say(element, name, { value: declarations.get(name) ?? "", rank });
        }
      }
    }
  }
  for (const element of elements) {
    for (const [name, value] of declarationsOf(element.attributes.style ?? ""))
      if (properties.includes(name)) say(element, name, { value, rank: INLINE });
    const own = said.get(element);
    if (own) element.styles = Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value]));
  }
}

/** @param {PageElement[]} elements */
function indexed(elements) {
  /** @type {Map<string, PageElement[]>} */
  const index = new Map();
  const add = (/** @type {string} */ key, /** @type {PageElement} */ element) => {
    const there = index.get(key);
    if (there) there.push(element);
    else index.set(key, [element]);
  };
  for (const element of elements) {
    add(element.tag, element);
    for (const name of classesOf(element)) add(`.${name}`, element);
  }
  return index;
}

/** @param {Map<string, PageElement[]>} index @param {import("./selector.js").Selector} selector @param {PageElement[]} all */
function candidates(index, { compounds }, all) {
  const last = compounds[compounds.length - 1];
  if (last.classes.length > 0) return index.get(`.${last.classes[0]}`) ?? [];
  return last.tag ? (index.get(last.tag) ?? []) : all;
}

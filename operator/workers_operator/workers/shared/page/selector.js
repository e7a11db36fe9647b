/** Matches selectors that depend on the source only: tags, ids, classes, attributes, :not(), child and descendant combinators. */

/** @typedef {import("../types.d.ts").PageElement} PageElement */
/** @typedef {{tag: string | null, id: string | null, classes: string[], attributes: [string, string | null][], not: Compound[]}} Compound */
/** @typedef {{compounds: Compound[], direct: boolean[], weight: number}} Selector */

const PART =
  /^(?:(\*|[a-z][\w-]*)|#([\w-]+)|\.((?:[\w-]|\\.)+)|\[([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([\w-]+)))?\]|:not\(([^()]+)\))/i;

/** Parse a selector. Returns null if it contains parts that only a browser can evaluate. @param {string} text @returns {Selector | null} */
export function parseSelector(text) {
  const direct = [];
  const compounds = [];
  let weight = 0;
  for (const token of text
    .trim()
    .replace(/\s*>\s*/g, " >")
    .split(/\s+/)) {
    const child = token.startsWith(">");
    const compound = parseCompound(child ? token.slice(1) : token);
    if (!compound) return null;
    compounds.push(compound);
    direct.push(child);
    weight += weightOf(compound) + compound.not.reduce((sum, one) => sum + weightOf(one), 0);
  }
  return { compounds, direct, weight };
}

/** @param {Compound} compound */
function weightOf({ tag, id, classes, attributes }) {
  return (id ? 10_000 : 0) + (classes.length + attributes.length) * 100 + (tag ? 1 : 0);
}

/** @param {string} text @returns {Compound | null} */
function parseCompound(text) {
  /** @type {Compound} */
  const compound = { tag: null, id: null, classes: [], attributes: [], not: [] };
  let rest = text;
  while (rest) {
    const found = PART.exec(rest);
    if (!found) return null;
    const [all, tag, id, name, attribute, double, single, bare, not] = found;
    if (tag) compound.tag = tag === "*" ? null : tag.toLowerCase();
    else if (id) compound.id = id;
    else if (name) compound.classes.push(name.replace(/\\/g, ""));
    else if (attribute) compound.attributes.push([attribute.toLowerCase(), double ?? single ?? bare ?? null]);
    else if (not) {
      const inner = parseCompound(not.trim());
      if (!inner) return null;
      compound.not.push(inner);
    }
    rest = rest.slice(all.length);
  }
  return text ? compound : null;
}

/** @param {PageElement} element @param {Compound} compound @returns {boolean} */
function fitsCompound(element, compound) {
  const { tag, id, classes, attributes, not } = compound;
  if ((tag && element.tag !== tag) || (id && element.attributes.id !== id)) return false;
  if (classes.length > 0) {
    const own = classesOf(element);
    if (!classes.every((name) => own.has(name))) return false;
  }
  const fits = attributes.every(([name, value]) => {
    const own = element.attributes[name];
    return own !== undefined && (value === null || own === value);
  });
  return fits && !not.some((one) => fitsCompound(element, one));
}

/** @type {WeakMap<PageElement, Set<string>>} */
const known = new WeakMap();

/** @param {PageElement} element */
export function classesOf(element) {
  let found = known.get(element);
  if (!found) known.set(element, (found = new Set((element.attributes.class ?? "").split(/\s+/).filter(Boolean))));
  return found;
}

/** Return whether a selector matches an element. @param {PageElement} element @param {Selector} selector */
export function fits(element, { compounds, direct }) {
  let at = compounds.length - 1;
  if (!fitsCompound(element, compounds[at])) return false;
  let around = element.parent;
  for (at -= 1; at >= 0; at -= 1) {
    const onlyParent = direct[at + 1];
    while (around && !fitsCompound(around, compounds[at])) around = onlyParent ? null : around.parent;
    if (!around) return false;
    around = around.parent;
  }
  return true;
}

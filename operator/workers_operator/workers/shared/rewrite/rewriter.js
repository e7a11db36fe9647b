/** Applies all fixes with a single HTMLRewriter. If a fix throws, only that fix is lost, never the page. */
import { messageOf } from "../errors.js";

/** @typedef {import("../types.d.ts").Rewriting} Rewriting */
/** @typedef {import("../types.d.ts").ElementHandlers} ElementHandlers */

const MAX_STYLE = 512 * 1024; // characters of one <style>; longer ones are left unchanged

/**
 * @param {Pick<Rewriting, "url" | "site" | "prefix" | "parameters" | "headers">} about
 * @param {import("../types.d.ts").Fix[]} fixes
 */
export function rewriterFor(about, fixes) {
  /** @type {Map<string, ElementHandlers[]>} */
  const handlers = new Map();
  /** @type {import("./ahead.js").Reader[]} */
  const readers = [];
  /** @type {Record<"head" | "body", (() => string)[]>} */
  const ends = { head: [], body: [] };
  /** @type {((css: string) => string)[]} */
  const styles = [];
  /** @type {Rewriting} */
  const page = {
    ...about,
    on: (selector, one) => void handlers.set(selector, [...(handlers.get(selector) ?? []), one]),
    readAhead: (reader) => void readers.push(reader),
    atHeadEnd: (html) => void ends.head.push(html),
    atBodyEnd: (html) => void ends.body.push(html),
    css: (change) => void styles.push(change),
  };
  for (const fix of fixes) attempt(() => fix(page));
  if (styles.length > 0) changeStyles(page, styles);
  if (ends.head.length > 0) addAtHeadEnd(page, ends.head);
  if (ends.body.length > 0) addAtBodyEnd(page, ends.body);
  const rewriter = new HTMLRewriter();
  for (const [selector, all] of handlers) rewriter.on(selector, together(all));
  return { rewriter, readers };
}

/** Combine the handlers for the same elements, because each call has a cost. @param {ElementHandlers[]} handlers */
function together(handlers) {
  const elements = handlers.flatMap(({ element }) => element ?? []);
  const texts = handlers.flatMap(({ text }) => text ?? []);
  return {
    ...(elements.length > 0 && { element: all(elements) }),
    ...(texts.length > 0 && { text: all(texts) }),
  };
}

/** @template T @param {((found: T) => void)[]} handlers @returns {(found: T) => void} */
function all(handlers) {
  return (found) => {
    for (const one of handlers) attempt(() => one(found));
  };
}

/** @template T @param {() => T} work @returns {T | undefined} */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    console.error("a fix was left out:", messageOf(error));
    return undefined;
  }
}

/** Append to the head, which ends at its end tag or at the start of the body. @param {Rewriting} page @param {(() => string)[]} parts */
function addAtHeadEnd({ on }, parts) {
  let isDone = false;
  const html = () => {
    if (isDone) return "";
    isDone = true;
    return joined(parts);
  };
  on("head", { element: (head) => head.onEndTag((end) => void end.before(html(), { html: true })) });
  on("body", { element: (body) => void body.before(html(), { html: true }) });
}

/** @param {Rewriting} page @param {(() => string)[]} parts */
function addAtBodyEnd({ on }, parts) {
  on("body", { element: (body) => body.onEndTag((end) => void end.before(joined(parts), { html: true })) });
}

/** @param {(() => string)[]} parts */
function joined(parts) {
  return parts.map((html) => attempt(html) ?? "").join("");
}

/** Transform the text of each <style>. It arrives in parts, which are joined first. @param {Rewriting} page @param {((css: string) => string)[]} styles */
function changeStyles({ on }, styles) {
  let held = "";
  on("style", {
    text(chunk) {
      if (held.length > MAX_STYLE) return;
      held += chunk.text;
      const isLast = chunk.lastInTextNode || held.length > MAX_STYLE;
      if (!isLast) return void chunk.remove();
      const css = held;
      if (chunk.lastInTextNode) held = "";
      chunk.replace(
        styles.reduce((text, change) => attempt(() => change(text)) ?? text, css),
        { html: true },
      );
    },
    element() {
      held = "";
    },
  });
}

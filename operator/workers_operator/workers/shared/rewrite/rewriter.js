/** One HTMLRewriter that moves addresses and makes the fixes. A fix that throws costs that fix, never the page. */
import { decode } from "../html.js";
import { moved, movedInCss, movedSet } from "./addresses.js";
import { escaped } from "./source.js";

/** @typedef {import("../types.d.ts").Rewriting} Rewriting */
/** @typedef {import("../types.d.ts").ElementHandlers} ElementHandlers */

const KEPT_LINKS = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i; // they say where the page belongs
const MAX_STYLE = 512 * 1024; // characters of one <style>; what is longer stays as it is

/**
 * @param {import("./optimize.js").Optimizing & {url: URL, headers: Headers}} asked
 */
export function rewriterFor(asked) {
  const { site, prefix, parameters, url, headers, template, optimizations } = asked;
  const rewriter = new HTMLRewriter();
  /** @type {Record<"head" | "body", (() => string)[]>} */
  const ends = { head: [], body: [] };
  /** @type {((css: string) => string)[]} */
  const styles = [(css) => movedInCss(css, site, prefix)];
  /** @type {Rewriting} */
  const page = {
    url,
    site,
    prefix,
    parameters,
    headers,
    on: (selector, handlers) => void rewriter.on(selector, guarded(handlers)),
    atHeadEnd: (html) => void ends.head.push(html),
    atBodyEnd: (html) => void ends.body.push(html),
    css: (change) => void styles.push(change),
  };
  for (const name of optimizations) attempt(() => template.fixes[name]?.(page));
  moveAddresses(page);
  changeStyles(page, styles);
  addAtEnds(page, ends);
  return rewriter;
}

/** @param {ElementHandlers} handlers */
function guarded({ element, text }) {
  return {
    ...(element && { element: (/** @type {Element} */ found) => void attempt(() => element(found)) }),
    ...(text && { text: (/** @type {Text} */ chunk) => void attempt(() => text(chunk)) }),
  };
}

/** @template T @param {() => T} work @returns {T | undefined} */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    console.error("a fix was left out:", String(/** @type {any} */ (error)?.message ?? error));
    return undefined;
  }
}

/** The head ends at its end tag, or where the body begins. @param {Rewriting} page @param {Record<"head" | "body", (() => string)[]>} ends */
function addAtEnds(page, ends) {
  let headIsDone = false;
  /** @param {(() => string)[]} parts */
  const all = (parts) => parts.map((html) => attempt(html) ?? "").join("");
  const headHtml = () => {
    if (headIsDone) return "";
    headIsDone = true;
    return all(ends.head);
  };
  page.on("head", { element: (head) => head.onEndTag((end) => void end.before(headHtml(), { html: true })) });
  page.on("body", {
    element(body) {
      body.before(headHtml(), { html: true });
      if (ends.body.length > 0) body.onEndTag((end) => void end.before(all(ends.body), { html: true }));
    },
  });
}

/** Each call of a handler costs: only elements are asked for whose address will move. @param {Rewriting} page */
function moveAddresses(page) {
  const { on, site, prefix, url } = page;
  const starts = ["/", site.origin];
  for (const name of ["href", "src", "action", "formaction", "poster", "data-src", "data"]) {
    const tag = name === "data" ? "object" : "";
    on(starts.map((start) => `${tag}[${name}^="${start}"]`).join(", "), {
      element(element) {
        const value = element.getAttribute(name) ?? "";
        const kept = element.tagName === "link" && KEPT_LINKS.test(element.getAttribute("rel") ?? "");
        const next = kept ? value : moved(value, site, prefix);
        if (next !== value) element.setAttribute(name, next);
      },
    });
  }
  on("link[rel][href]", {
    element(link) {
      const value = link.getAttribute("href") ?? "";
      const absolute = KEPT_LINKS.test(link.getAttribute("rel") ?? "") && URL.parse(decode(value), url)?.href;
      if (absolute && absolute !== value) setText(link, "href", absolute);
    },
  });
  for (const name of ["srcset", "imagesrcset", "data-srcset"]) changes(page, `[${name}]`, name, movedSet);
  changes(page, '[style*="url("]', "style", movedInCss);
}

/**
 * @param {Rewriting} page
 * @param {string} selector
 * @param {string} name
 * @param {(value: string, site: URL, prefix: string) => string} change
 */
function changes({ on, site, prefix }, selector, name, change) {
  on(selector, {
    element(element) {
      const value = element.getAttribute(name) ?? "";
      const next = change(value, site, prefix);
      if (next !== value) element.setAttribute(name, next);
    },
  });
}

/** The text of a <style> comes in parts: it is put together, changed, and goes on. @param {Rewriting} page @param {((css: string) => string)[]} styles */
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

/** Sets an attribute to a text. @param {Element} element @param {string} name @param {string} text */
export function setText(element, name, text) {
  element.setAttribute(name, escaped(text));
}

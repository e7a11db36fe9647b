/** Checks the contrast that is known without a browser: of rules that set both colours, on elements with text. */
import { contrast, opaqueColor } from "code24/page/color.js";
import { declarationsOf, rulesOf } from "code24/page/css.js";
import { attr, isHidden, selectorOf } from "code24/page/document.js";
import { fits, parseSelector } from "code24/page/selector.js";
import { baseOf } from "code24/site/crawl.js";

/** @typedef {import("code24/types.d.ts").Page} Page */

const LEAST = 4.5;
const LEAST_LARGE = 3; // for text of 24 px, or bold of 18.66 px
const SIMPLE = /^[a-z0-9]*(?:[.#][\w-]+)*$/i;

/** @param {Page} page */
export function stylesheetsOf(page) {
  const screens = page.document.links("stylesheet").filter((link) => !/print/i.test(attr(link, "media") ?? ""));
  return screens.flatMap((link) => URL.parse(attr(link, "href") ?? "", baseOf(page))?.href ?? []);
}

/** Return the text of the page's styles, as far as they were loaded. @param {Page} page */
export function stylesOf(page) {
  const linked = stylesheetsOf(page).flatMap((href) => page.assets.get(href)?.text ?? []);
  return [...linked, ...page.document.all("style").map((style) => page.document.source(style))];
}

/** @param {Map<string, string>} declarations */
export function tooLow(declarations) {
  const text = opaqueColor(declarations.get("color"));
  const behind = opaqueColor(declarations.get("background-color") ?? declarations.get("background"));
  if (!text || !behind) return null;
  const size = Number.parseFloat(declarations.get("font-size") ?? "");
  const bold = /bold|[7-9]00/.test(declarations.get("font-weight") ?? "");
  const pixels = /r?em$/.test(declarations.get("font-size") ?? "") ? size * 16 : size;
  const least = pixels >= 24 || (bold && pixels >= 18.66) ? LEAST_LARGE : LEAST;
  const found = contrast(text, behind);
  return found < least ? found : null;
}

/** Return the elements that match a selector, as far as the source shows. @param {Page} page @param {string} text */
function fitting({ document }, text) {
  const selector = parseSelector(text);
  return selector ? document.elements.filter((element) => !element.inert && fits(element, selector)) : [];
}

/** Return whether an element matches a selector, without its pseudo-elements. @param {Page} page @param {string} selector */
export function mayFit(page, selector) {
  return fitting(page, selector.replace(/::?(before|after)/g, "")).length > 0;
}

/** Return whether a visible element with text matches a selector. @param {Page} page @param {string} selector */
function isUsed(page, selector) {
  return fitting(page, selector).some((element) => !isHidden(element) && page.document.textOf(element) !== "");
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const CONTRAST_AUDITS = [
  {
    id: "contrast_low",
    category: "colours",
    severity: "warning",
    weight: 5,
    message: "Some text has too little contrast with its background.",
    fix: `Make the text darker or lighter until the contrast is at least ${LEAST} to 1.`,
    *check(page) {
      const seen = new Set();
      for (const { selector, declarations, media } of stylesOf(page).flatMap(rulesOf)) {
        const found = media.length === 0 ? tooLow(declarations) : null;
        if (found === null) continue;
        for (const one of selector.split(",").map((text) => text.trim())) {
          if (!SIMPLE.test(one) || seen.has(one) || !isUsed(page, one)) continue;
          seen.add(one);
          yield { selector: one, detail: `${found.toFixed(2)} to 1` };
        }
      }
      for (const element of page.document.elements) {
        const found = element.attributes.style ? tooLow(declarationsOf(element.attributes.style)) : null;
        if (found !== null && !element.inert && !isHidden(element) && page.document.textOf(element))
          yield { selector: selectorOf(element), detail: `${found.toFixed(2)} to 1` };
      }
    },
  },
];

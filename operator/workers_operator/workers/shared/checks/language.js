/** Checks the language of a page: the declaration of the html element, and other sources. */
import { attr } from "../page/document.js";
import { setText } from "../rewrite/source.js";

const TAG = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;

/** Return whether a string is a well-formed language tag (BCP 47). @param {string} tag */
export function isLanguage(tag) {
  return TAG.test(tag);
}

/** Correct a language tag. Returns null if the intended language is unclear. @param {string | null | undefined} text */
export function meantLanguage(text) {
  const tag = (text ?? "").trim().replaceAll("_", "-");
  return isLanguage(tag) ? tag : null;
}

/** @param {string | null | undefined} said @param {string | null | undefined} xml @param {Headers} headers @param {Record<string, any>} parameters */
function known(said, xml, headers, parameters) {
  return (
    meantLanguage(said) ??
    meantLanguage(xml) ??
    meantLanguage(parameters.language) ??
    meantLanguage(headers.get("Content-Language"))
  );
}

/** @type {import("../types.d.ts").Audit[]} */
export const LANGUAGE_AUDITS = [
  {
    id: "lang_missing",
    category: "language",
    severity: "warning",
    weight: 5,
    message: "The html element doesn't tell the language.",
    fix: 'Say it: <html lang="en">, or set parameters.language and let optimize do it.',
    fixedBy: "language",
    *check({ document, headers }, { parameters }) {
      const html = document.first("html");
      if (html && attr(html, "lang")) return;
      const fixable = html !== undefined && known(null, html.attributes["xml:lang"], headers, parameters) !== null;
      yield { selector: "html", fixable };
    },
  },
  {
    id: "lang_invalid",
    category: "language",
    severity: "warning",
    weight: 4,
    message: "The language of the html element is no language tag.",
    fix: "Use a tag such as en, de-CH or pt-BR.",
    fixedBy: "language",
    *check({ document, headers }, { parameters }) {
      const html = document.first("html");
      const lang = html && attr(html, "lang");
      if (!html || !lang || isLanguage(lang)) return;
      const meant = known(lang, html.attributes["xml:lang"], headers, parameters);
      yield { selector: "html", detail: lang, fixable: meant !== null };
    },
  },
];

/** @param {import("../types.d.ts").Rewriting} page */
export function fixLanguage({ on, headers, parameters }) {
  on("html", {
    element(html) {
      const said = html.getAttribute("lang");
      if (said && isLanguage(said.trim())) return;
      const lang = known(said, html.getAttribute("xml:lang"), headers, parameters);
      if (lang) setText(html, "lang", lang);
    },
  });
}

/** Checks and fixes hreflang links, which refer to the same page in other languages. */
import { meantLanguage } from "code24/checks/language.js";
import { attr, selectorOf } from "code24/page/document.js";
import { setText } from "code24/rewrite/source.js";

/** @param {string} code */
const isValid = (code) => code.toLowerCase() === "x-default" || meantLanguage(code) === code;

/** @type {import("code24/types.d.ts").Audit[]} */
export const HREFLANG_AUDITS = [
  {
    id: "hreflang_invalid",
    category: "languages",
    severity: "warning",
    weight: 4,
    message: "Some hreflang links have an invalid language or a relative URL.",
    fix: "Use language tags such as en or de-CH, and absolute URLs (https://…).",
    fixedBy: "hreflang",
    *check({ document, url }) {
      for (const link of document.links("alternate")) {
        const code = attr(link, "hreflang");
        if (code === null) continue;
        const href = attr(link, "href") ?? "";
        const fixable = (isValid(code) || meantLanguage(code) !== null) && URL.canParse(href, url);
        if (!isValid(code) || !URL.canParse(href)) yield { selector: selectorOf(link), detail: code, fixable };
      }
    },
  },
  {
    id: "hreflang_incomplete",
    category: "languages",
    severity: "info",
    weight: 1,
    message: "The hreflang links do not include the page itself.",
    fix: "List the pages of all languages on each of them, including the page itself.",
    *check({ document, url }) {
      const links = document.links("alternate").filter((link) => attr(link, "hreflang"));
      const self = links.some((link) => URL.parse(attr(link, "href") ?? "", url)?.href === url);
      if (links.length > 0 && !self) yield { selector: 'link[rel="alternate"][hreflang]' };
    },
  },
];

/** Fix language tags; the rewriter makes the URLs absolute. @param {import("code24/types.d.ts").Rewriting} page */
export function fixHreflang({ on }) {
  on("link[hreflang]", {
    element(link) {
      const code = (link.getAttribute("hreflang") ?? "").trim();
      const meant = meantLanguage(code);
      if (!isValid(code) && meant) setText(link, "hreflang", meant);
    },
  });
}

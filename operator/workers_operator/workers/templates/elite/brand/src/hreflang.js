/** The same page in other languages: hreflang. */
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
    message: "Some hreflang links have no valid language or no full address.",
    fix: "Use tags such as en or de-CH, and full addresses (https://…).",
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
    message: "The hreflang links leave out the page itself.",
    fix: "List every language's page on each of them, the page itself included.",
    *check({ document, url }) {
      const links = document.links("alternate").filter((link) => attr(link, "hreflang"));
      const self = links.some((link) => URL.parse(attr(link, "href") ?? "", url)?.href === url);
      if (links.length > 0 && !self) yield { selector: 'link[rel="alternate"][hreflang]' };
    },
  },
];

/** Full addresses are made by the rewriter, for every link that says where a page belongs. @param {import("code24/types.d.ts").Rewriting} page */
export function fixHreflang({ on }) {
  on("link[hreflang]", {
    element(link) {
      const code = (link.getAttribute("hreflang") ?? "").trim();
      const meant = meantLanguage(code);
      if (!isValid(code) && meant) setText(link, "hreflang", meant);
    },
  });
}

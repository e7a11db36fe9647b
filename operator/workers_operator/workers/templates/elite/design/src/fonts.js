/** Checks that text is visible while fonts load, and that the browser connects to font servers early. */
import { rulesOf } from "code24/page/css.js";
import { attr, selectorOf } from "code24/page/document.js";
import { FILES, GOOGLE, swapped, withDisplay } from "code24/rewrite/fonts.js";
import { mayFit, stylesOf } from "./contrast.js";

/** Return whether an element of the page uses a font family. @param {import("code24/types.d.ts").Page} page @param {import("code24/page/css.js").Rule[]} rules @param {string} family */
function isUsed(page, rules, family) {
  const name = family.replace(/["']/g, "").toLowerCase();
  return rules.some(({ selector, declarations }) => {
    const set = `${declarations.get("font-family") ?? ""} ${declarations.get("font") ?? ""}`.toLowerCase();
    if (selector.startsWith("@") || !name || !set.includes(name)) return false;
    return selector.split(",").some((one) => mayFit(page, one));
  });
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const FONT_AUDITS = [
  {
    id: "font_hides_text",
    category: "fonts",
    severity: "warning",
    weight: 3,
    message: "Text is invisible while fonts load.",
    fix: "Add font-display: swap to @font-face, and &display=swap to URLs of Google Fonts.",
    fixedBy: "fonts",
    *check(page) {
      for (const link of page.document.links("stylesheet"))
        if (swapped(attr(link, "href") ?? "")) yield { selector: selectorOf(link) };
      const inline = page.document
        .all("style")
        .map((style) => page.document.source(style))
        .join("\n");
      if (withDisplay(inline) !== inline) yield { selector: "style", detail: "@font-face" };
      const rules = stylesOf(page).flatMap(rulesOf);
      for (const { selector, declarations } of rules) {
        if (selector.toLowerCase() !== "@font-face" || inline.includes(declarations.get("src") ?? "\0")) continue;
        const display = declarations.get("font-display") ?? "auto";
        const family = declarations.get("font-family") ?? "";
        if (!/^(block|swap|fallback|optional)$/i.test(display) && isUsed(page, rules, family))
          yield { selector, detail: family, fixable: false };
      }
    },
  },
  {
    id: "font_server_late",
    category: "fonts",
    severity: "info",
    weight: 1,
    message: "The browser connects to the font server only after it has loaded the style sheet.",
    fix: `Add <link rel="preconnect" href="${FILES}" crossorigin>, or serve the fonts yourself.`,
    fixedBy: "fonts",
    *check({ document }) {
      const sheet = document.links("stylesheet").find((link) => (attr(link, "href") ?? "").startsWith(GOOGLE));
      const early = document
        .links("preconnect")
        .some((link) => (attr(link, "href") ?? "").includes("fonts.gstatic.com"));
      if (sheet && !early) yield { selector: selectorOf(sheet) };
    },
  },
];

/** Checks that all pages use the same brand name, colours and fonts. */
import { tidy } from "code24/html.js";
import { opaqueColor } from "code24/page/color.js";
import { declarationsOf, rulesOf } from "code24/page/css.js";
import { attr } from "code24/page/document.js";
import { baseOf } from "code24/site/crawl.js";
import { colorsOf, fontsOf, titleOf } from "./facts.js";
import { manifestOf } from "./identity.js";
import { isOrganization, structuredData } from "./organization.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */

const MOST_FONTS = 4;
const GENERIC =
  /^(serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-.*|inherit|initial|unset|-apple-system|blinkmacsystemfont|var\(.*)$/i;
const SHIPPED = /awesome|icons?\b|glyph|symbol|emoji|material/i; // icon fonts

/** Return the brand names that a page declares. @param {Page} page @returns {[string, string][]} where, name */
function namesOf(page) {
  const { document } = page;
  const organization = structuredData(document).things.find((t) => isOrganization(t) && typeof t.name === "string");
  /** @type {[string, string | null | undefined][]} */
  const said = [
    ["og:site_name", document.meta("og:site_name")],
    ["application-name", document.meta("application-name")],
    ["apple-mobile-web-app-title", document.meta("apple-mobile-web-app-title")],
    ["structured data", organization?.name],
    ["manifest", typeof manifestOf(page).content?.name === "string" ? manifestOf(page).content.name : null],
  ];
  return said.flatMap(([where, name]) => (name ? [/** @type {[string, string]} */ ([where, tidy(name)])] : []));
}

/** Return the font families of a page's styles, in the order of their first use: the first of each declaration. @param {Page} page */
function familiesOf(page) {
  const found = new Set(fontsOf(page).map((family) => family.toLowerCase()));
  const { document } = page;
  const sheets = document.links("stylesheet").flatMap((link) => {
    const href = URL.parse(attr(link, "href") ?? "", baseOf(page))?.href;
    return (href && page.assets.get(href)?.text) || [];
  });
  const blocks = [...sheets, ...document.all("style").map((style) => document.source(style))].flatMap(rulesOf);
  const declared = blocks.filter(({ selector }) => !selector.startsWith("@")).map(({ declarations }) => declarations);
  declared.push(
    ...document.elements.flatMap(({ attributes }) => (attributes.style ? declarationsOf(attributes.style) : [])),
  );
  for (const declarations of declared) {
    const first = declarations
      .get("font-family")
      ?.split(",")[0]
      .trim()
      .replace(/^["']|["']$/g, "")
      .toLowerCase();
    if (first && !GENERIC.test(first) && !SHIPPED.test(first)) found.add(first);
  }
  return found;
}

/** @type {Audit[]} */
export const CONSISTENCY_AUDITS = [
  {
    id: "titles_repeated",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "Several pages have the same title.",
    fix: "Give each page a title of its own.",
    *checkSite(pages) {
      const seen = new Map();
      for (const page of pages) {
        const title = titleOf(page.document);
        if (title && seen.has(title)) yield { page: page.url, selector: "title", detail: title };
        else if (title) seen.set(title, page);
      }
    },
  },
  {
    id: "names_differ",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "The brand's name has different spellings.",
    fix: "Use one spelling in og:site_name, application-name, manifest and structured data.",
    *checkSite(pages) {
      const all = pages.flatMap((page) => namesOf(page).map(([where, name]) => ({ page: page.url, where, name })));
      const spelled = new Map(all.map((one) => [one.name, one]));
      if (spelled.size < 2) return;
      for (const { page, where, name } of spelled.values()) yield { page, selector: where, detail: name };
    },
  },
  {
    id: "colors_differ",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: "The pages and the manifest declare different theme colours.",
    fix: "Use one colour everywhere; declare a second one for dark mode with a media attribute.",
    *checkSite(pages) {
      /** @type {Map<string, {page: string, detail: string}>} */
      const seen = new Map();
      for (const page of pages) {
        const plain = page.document.all("meta").some((meta) => attr(meta, "media")) ? [] : colorsOf(page.document);
        for (const color of [...plain, ...[manifestOf(page).content?.theme_color].filter(Boolean)]) {
          const key = opaqueColor(String(color))?.join() ?? String(color).toLowerCase();
          if (!seen.has(key)) seen.set(key, { page: page.url, detail: String(color) });
        }
      }
      if (seen.size > 1) for (const one of seen.values()) yield { ...one, selector: "theme-color" };
    },
  },
  {
    id: "fonts_many",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: `The pages use more than ${MOST_FONTS} font families.`,
    fix: "Choose one family for headings and one for text.",
    *checkSite(pages) {
      const families = new Set(pages.flatMap((page) => [...familiesOf(page)]));
      if (families.size > MOST_FONTS) yield { selector: "font-family", detail: [...families].join(", ") };
    },
  },
];

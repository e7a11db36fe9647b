/** Checks and fixes the brand's icons, manifest, theme colour and logo. */
import { decode } from "code24/html.js";
import { attr, closest, selectorOf } from "code24/page/document.js";
import { escaped } from "code24/rewrite/source.js";
import { baseOf } from "code24/site/crawl.js";
import { colorsOf, iconsOf } from "./facts.js";
import { metaOf } from "./search.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */

/** Return a page's manifest: its link, and its content (undefined: not loaded, null: invalid). @param {Page} page */
export function manifestOf(page) {
  const link = page.document.links("manifest")[0];
  const href = link && URL.parse(attr(link, "href") ?? "", baseOf(page))?.href;
  const asset = href ? page.assets.get(href) : undefined;
  if (!link || !asset) return { link, content: undefined };
  try {
    const content = asset.status < 400 ? JSON.parse(asset.text) : null;
    return { link, content: content && typeof content === "object" ? content : null };
  } catch {
    return { link, content: null };
  }
}

/** @type {Audit[]} */
export const IDENTITY_AUDITS = [
  {
    id: "icon_missing",
    category: "identity",
    severity: "warning",
    weight: 8,
    message: "The page declares no icon.",
    fix: 'Add <link rel="icon">, preferably an SVG; or set parameters.icon and let optimize add it.',
    fixedBy: "icons",
    *check({ document }, { parameters }) {
      if (iconsOf(document).length === 0)
        yield { selector: 'link[rel="icon"]', fixable: document.headEnds && Boolean(parameters.icon) };
    },
  },
  {
    id: "touch_icon_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no icon for the iOS home screen.",
    fix: 'Add <link rel="apple-touch-icon"> with a PNG of 180 by 180 pixels.',
    *checkSite([first]) {
      const touch = iconsOf(first.document).some((link) => /apple-touch-icon/i.test(attr(link, "rel") ?? ""));
      if (!touch) yield { page: first.url, selector: 'link[rel="apple-touch-icon"]' };
    },
  },
  {
    id: "manifest_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no web app manifest: the site cannot be installed with its own name and icon.",
    fix: 'Add <link rel="manifest"> with a name, icons and colours.',
    *checkSite([first]) {
      if (!manifestOf(first).link) yield { page: first.url, selector: 'link[rel="manifest"]' };
    },
  },
  {
    id: "manifest_invalid",
    category: "identity",
    severity: "warning",
    weight: 3,
    message: "The web app manifest is invalid.",
    fix: "Serve it as JSON with a name and icons.",
    *checkSite([first]) {
      const { link, content } = manifestOf(first);
      if (!link || content === undefined) return; // on another site: not loaded
      const lacks =
        content === null ? "not valid JSON" : ["name", "icons"].filter((key) => !content[key]?.length).join(", ");
      if (lacks) yield { page: first.url, selector: selectorOf(link), detail: content ? `without ${lacks}` : lacks };
    },
  },
  {
    id: "theme_color_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "The page declares no theme-color.",
    fix: 'Add <meta name="theme-color">; or set parameters.themeColor and let optimize add it.',
    fixedBy: "themeColor",
    *check({ document }, { parameters }) {
      if (colorsOf(document).length === 0)
        yield { selector: 'meta[name="theme-color"]', fixable: document.headEnds && Boolean(parameters.themeColor) };
    },
  },
  {
    id: "logo_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "No logo was recognised on the page.",
    fix: "Show the logo in the header, with a link to the home page and the brand's name as its alternative text.",
    *checkSite([first]) {
      const { document } = first;
      const logo = document.elements.some((element) => {
        if (element.inert || !["img", "svg", "a", "picture"].includes(element.tag)) return false;
        const hints = ["class", "id", "src", "alt"].map((name) => element.attributes[name] ?? "").join(" ");
        return /logo|brand/i.test(hints) || (element.tag === "svg" && closest(element, "header") !== null);
      });
      if (!logo) yield { page: first.url, selector: "header img" };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixIcons(page) {
  const { icon } = page.parameters;
  if (!icon) return;
  let seen = false;
  page.on("link", {
    element(link) {
      seen ||= /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(decode(link.getAttribute("rel") ?? ""));
    },
  });
  page.atHeadEnd(() => (seen ? "" : `<link rel="icon" href="${escaped(icon)}">\n`));
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixThemeColor(page) {
  const { themeColor } = page.parameters;
  if (!themeColor) return;
  const said = metaOf(page, "theme-color");
  page.atHeadEnd(() => (said.content ? "" : `<meta name="theme-color" content="${escaped(themeColor)}">\n`));
}

/** Collects facts about a page for the report. */
import { tidy } from "code24/html.js";
import { attr } from "code24/page/document.js";
import { lacksAlt } from "code24/checks/alt.js";
import { baseOf } from "code24/site/crawl.js";

/** @typedef {import("code24/types.d.ts").Page} Page */

const MAX_HEADINGS = 50; // per level
const LEVELS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/** @param {Page} page */
export function facts(page) {
  const { document } = page;
  const base = baseOf(page);
  const absolute = (/** @type {string | null} */ href) => URL.parse(href ?? "", base)?.href ?? href;
  const openGraph = prefixed(document, "og:");
  if (openGraph.image) openGraph.image = String(absolute(openGraph.image));
  const canonical = document.links("canonical")[0];
  const html = document.first("html");
  const images = document.all("img");
  return {
    title: titleOf(document),
    description: document.meta("description"),
    canonical: canonical ? absolute(attr(canonical, "href")) : null,
    language: html ? attr(html, "lang") : null,
    openGraph,
    twitter: prefixed(document, "twitter:"),
    icons: iconsOf(document).map((link) => ({
      rel: attr(link, "rel"),
      href: absolute(attr(link, "href")),
      sizes: attr(link, "sizes"),
      type: attr(link, "type"),
    })),
    headings: Object.fromEntries(
      LEVELS.map((level) => [
        level,
        document
          .all(level)
          .slice(0, MAX_HEADINGS)
          .map((h) => document.textOf(h)),
      ]),
    ),
    images: { total: images.length, withoutAlt: images.filter((i) => lacksAlt((name) => i.attributes[name])).length },
    links: countLinks(document, base),
    colors: colorsOf(document),
    fonts: fontsOf(page),
    truncated: page.truncated,
  };
}

/** Return the text of the first <title> outside an SVG. @param {Page["document"]} document */
export function titleOf(document) {
  const title = document.all("title").find(({ parent }) => parent?.tag !== "svg");
  return title ? document.textOf(title) : null;
}

/** @param {Page["document"]} document */
export function iconsOf(document) {
  return document
    .all("link")
    .filter((link) => attr(link, "href") && /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(attr(link, "rel") ?? ""));
}

/** @param {Page["document"]} document */
export function colorsOf(document) {
  const named = document.all("meta").filter((meta) => attr(meta, "name")?.toLowerCase() === "theme-color");
  return named.flatMap((meta) => attr(meta, "content") ?? []);
}

/** Return the font families that a page loads from Google Fonts. @param {Page} page */
export function fontsOf(page) {
  const families = new Set();
  for (const link of page.document.links("stylesheet")) {
    const url = URL.parse(attr(link, "href") ?? "", baseOf(page));
    if (url?.hostname === "fonts.googleapis.com")
      for (const part of url.searchParams.getAll("family"))
        for (const family of part.split("|")) families.add(family.split(":")[0]);
  }
  return [...families];
}

/** Return whether a text contains the brand's name. @param {string} text @param {unknown} brand */
export function mentions(text, brand) {
  return tidy(text)
    .toLowerCase()
    .includes(tidy(String(brand)).toLowerCase());
}

/** @param {Page["document"]} document @param {string} prefix */
function prefixed(document, prefix) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const meta of document.all("meta")) {
    const name = (attr(meta, "property") ?? attr(meta, "name") ?? "").toLowerCase();
    const content = attr(meta, "content");
    if (content && name.startsWith(prefix)) found[name.slice(prefix.length)] ??= content;
  }
  return found;
}

/** @param {Page["document"]} document @param {URL} base */
function countLinks(document, base) {
  const links = { internal: 0, external: 0 };
  const site = (/** @type {URL} */ url) => url.hostname.replace(/^www\./, "");
  for (const element of document.all("a")) {
    const href = attr(element, "href");
    const url = href && !href.startsWith("#") ? URL.parse(href, base) : null;
    if (!url || !["http:", "https:"].includes(url.protocol)) continue; // mailto:, tel:, javascript:
    links[site(url) === site(base) ? "internal" : "external"] += 1;
  }
  return links;
}

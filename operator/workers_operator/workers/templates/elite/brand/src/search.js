/** Checks and fixes what search engines use: title, description, canonical URL and robots directives. */
import { decode } from "code24/html.js";
import { attr, selectorOf } from "code24/page/document.js";
import { escaped } from "code24/rewrite/source.js";
import { baseOf } from "code24/site/crawl.js";
import { mentions, titleOf } from "./facts.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */
/** @typedef {import("code24/types.d.ts").Rewriting} Rewriting */

const TITLE = { min: 10, max: 60 }; // characters: search results truncate longer ones
const DESCRIPTION = { min: 50, max: 160 };
// Matches whole directives only, not "max-image-preview:none".
const NOINDEX = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;

/** Count Unicode code points: most emojis are one. @param {string | null} text */
const lengthOf = (text) => [...(text ?? "")].length;

/**
 * Return the audits of a text's length: missing, too short, too long.
 * @param {"title" | "description"} what
 * @param {{min: number, max: number}} length
 * @param {{missing: number, length: number}} weights
 * @param {(page: Page) => string | null} textOf
 * @param {(page: Page, parameters: Record<string, any>) => string | null} substitute
 * @returns {Audit[]}
 */
function lengthAudits(what, { min, max }, weights, textOf, substitute) {
  const selector = what === "title" ? "title" : 'meta[name="description"]';
  const named = what === "title" ? "title" : "meta description";
  const common = { category: "search", severity: /** @type {const} */ ("warning"), weight: weights.length };
  return [
    {
      ...common,
      id: `${what}_missing`,
      severity: "error",
      weight: weights.missing,
      message: `The page has no ${named}.`,
      fix: `Write a ${named} of ${min} to ${max} characters for this page alone.`,
      fixedBy: what,
      *check(page, { parameters }) {
        if (lengthOf(textOf(page)) > 0) return;
        yield { selector, fixable: page.document.headEnds && substitute(page, parameters) !== null };
      },
    },
    {
      ...common,
      id: `${what}_too_short`,
      message: `The ${what} is shorter than ${min} characters.`,
      fix: `Describe what the page offers in ${min} to ${max} characters.`,
      *check(page) {
        const text = textOf(page);
        if (text && lengthOf(text) < min) yield { selector, detail: text };
      },
    },
    {
      ...common,
      id: `${what}_too_long`,
      message: `The ${what} is longer than ${max} characters.`,
      fix: `Put the important part first and use at most ${max} characters: the rest is truncated.`,
      *check(page) {
        const text = textOf(page);
        if (lengthOf(text) > max) yield { selector, detail: text ?? "" };
      },
    },
  ];
}

/** @param {Page} page */
const title = (page) => titleOf(page.document);
/** @param {Page} page */
const description = (page) => page.document.meta("description");

/** @type {Audit[]} */
export const SEARCH_AUDITS = [
  {
    id: "noindex",
    category: "search",
    severity: "error",
    weight: 15,
    message: "The page asks search engines not to list it.",
    fix: "Remove noindex from the robots meta tag or the X-Robots-Tag header if the page should be listed.",
    *check({ document, headers }) {
      const robots = document.meta("robots");
      const header = headers.get("X-Robots-Tag");
      if (robots && NOINDEX.test(robots)) yield { selector: 'meta[name="robots"]', detail: robots };
      if (header && NOINDEX.test(header)) yield { header: "X-Robots-Tag", detail: header };
    },
  },
  ...lengthAudits("title", TITLE, { missing: 15, length: 5 }, title, ({ document }, parameters) => {
    if (titleOf(document) !== null) return null; // an empty <title> is not replaced
    return document.meta("og:title") ?? parameters.brandName ?? null;
  }),
  ...lengthAudits("description", DESCRIPTION, { missing: 10, length: 4 }, description, ({ document }, parameters) => {
    return document.meta("og:description") ?? parameters.description ?? null;
  }),
  {
    id: "canonical_missing",
    category: "search",
    severity: "info",
    weight: 1,
    message: "The page does not declare its canonical URL.",
    fix: 'Add <link rel="canonical"> with the absolute URL of the page.',
    fixedBy: "canonical",
    *check({ document, status }) {
      if (status < 400 && document.links("canonical").length === 0)
        yield { selector: 'link[rel="canonical"]', fixable: document.headEnds };
    },
  },
  {
    id: "canonical_invalid",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The canonical URL is not absolute, or the page declares several.",
    fix: "Declare one absolute URL (https://…), the same in every canonical link of the page.",
    fixedBy: "canonical",
    *check(page) {
      const links = page.document.links("canonical");
      const hrefs = links.map((link) => attr(link, "href") ?? "");
      const different = new Set(hrefs.map((href) => URL.parse(href, baseOf(page))?.href)).size > 1;
      for (const [index, link] of links.entries()) {
        const absolute = URL.canParse(hrefs[index]);
        const can = URL.canParse(hrefs[index], page.url);
        if (different || !absolute)
          yield { selector: selectorOf(link), detail: hrefs[index], fixable: can && !different };
      }
    },
  },
  {
    id: "brand_not_in_title",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The title does not contain the brand's name.",
    fix: "End the title with the brand's name.",
    *check(page, { parameters }) {
      const brand = parameters.brandName || page.document.meta("og:site_name");
      const text = title(page);
      if (brand && text && !mentions(text, brand)) yield { selector: "title", detail: String(brand) };
    },
  },
  {
    id: "brand_not_in_h1",
    category: "search",
    severity: "info",
    weight: 3,
    message: "The main heading does not contain the brand's name.",
    fix: "Use the brand's name in the main heading of the home page.",
    *checkSite([first], { parameters }) {
      const brand = parameters.brandName || first.document.meta("og:site_name");
      const headings = first.document.all("h1").map((h1) => first.document.textOf(h1));
      if (brand && headings.length > 0 && !mentions(headings.join(" "), brand))
        yield { page: first.url, selector: "h1", detail: String(brand) };
    },
  },
];

/** Collect the content of a meta tag, which is known at the end of the head. @param {Rewriting} page @param {string} property */
export function metaOf({ on }, property) {
  /** @type {{content: string | null}} */
  const found = { content: null };
  on(`meta[property="${property}" i], meta[name="${property}" i]`, {
    element(meta) {
      const content = decode(meta.getAttribute("content") ?? "");
      if (content) found.content ??= content;
    },
  });
  return found;
}

/** Collect the text of the title. @param {Rewriting} page */
export function titleSeen({ on }) {
  const found = { text: "" };
  on("title", { text: (chunk) => void (found.text += chunk.text) });
  return found;
}

/** @param {Rewriting} page */
export function fixTitle(page) {
  const shared = metaOf(page, "og:title");
  let seen = false;
  page.on("title", { element: () => void (seen = true) });
  page.atHeadEnd(() => {
    const text = shared.content ?? page.parameters.brandName;
    return seen || !text ? "" : `<title>${escaped(text)}</title>\n`;
  });
}

/** @param {Rewriting} page */
export function fixDescription(page) {
  const own = metaOf(page, "description");
  const shared = metaOf(page, "og:description");
  page.atHeadEnd(() => {
    const text = shared.content ?? page.parameters.description;
    return own.content || !text ? "" : `<meta name="description" content="${escaped(text)}">\n`;
  });
}

/** @param {Rewriting} page */
export function fixCanonical(page) {
  let seen = false;
  page.on('link[rel~="canonical" i]', { element: (link) => void (seen ||= Boolean(link.getAttribute("href"))) });
  page.atHeadEnd(() => (seen ? "" : `<link rel="canonical" href="${escaped(canonicalOf(page.url))}">\n`));
}

const TRACKING = /^(utm_.*|gclid|fbclid|msclkid|mc_[ce]id)$/;

/** Return the canonical URL: without tracking parameters. @param {URL} url */
export function canonicalOf(url) {
  const found = new URL(url);
  for (const name of [...found.searchParams.keys()]) if (TRACKING.test(name)) found.searchParams.delete(name);
  found.hash = "";
  return found.href;
}

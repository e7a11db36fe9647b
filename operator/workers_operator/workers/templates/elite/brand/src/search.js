/** What search engines show and follow: title, description, canonical address, and whether they may list the page. */
import { decode } from "code24/html.js";
import { attr, selectorOf } from "code24/page/document.js";
import { escaped } from "code24/rewrite/source.js";
import { baseOf } from "code24/site/crawl.js";
import { mentions, titleOf } from "./facts.js";

/** @typedef {import("code24/types.d.ts").Audit} Audit */
/** @typedef {import("code24/types.d.ts").Page} Page */
/** @typedef {import("code24/types.d.ts").Rewriting} Rewriting */

const TITLE = { min: 10, max: 60 }; // characters: search results cut longer ones
const DESCRIPTION = { min: 50, max: 160 };
// As a directive of its own: not "max-image-preview:none".
const NOINDEX = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;

/** Characters as people count them: an emoji is one. @param {string | null} text */
const lengthOf = (text) => [...(text ?? "")].length;

/**
 * The three things that can be wrong with a text's length.
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
      fix: `Say what the page offers, in ${min} to ${max} characters.`,
      *check(page) {
        const text = textOf(page);
        if (text && lengthOf(text) < min) yield { selector, detail: text };
      },
    },
    {
      ...common,
      id: `${what}_too_long`,
      message: `The ${what} is longer than ${max} characters.`,
      fix: `Put what matters first and stop at ${max} characters: the rest is cut off.`,
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
    fix: "Take noindex out of the robots meta tag or the X-Robots-Tag header, if the page is meant to be found.",
    *check({ document, headers }) {
      const robots = document.meta("robots");
      const header = headers.get("X-Robots-Tag");
      if (robots && NOINDEX.test(robots)) yield { selector: 'meta[name="robots"]', detail: robots };
      if (header && NOINDEX.test(header)) yield { header: "X-Robots-Tag", detail: header };
    },
  },
  ...lengthAudits("title", TITLE, { missing: 15, length: 5 }, title, ({ document }, parameters) => {
    if (titleOf(document) !== null) return null; // an empty one is the page's title
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
    message: "The page doesn't say which of its addresses is the one to list.",
    fix: 'Add <link rel="canonical"> with the page\'s own full address.',
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
    message: "The canonical address can't be followed as it stands.",
    fix: "Give one full address (https://…), the same in every canonical link of the page.",
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
    message: "The brand's name isn't in the title.",
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
    message: "The brand's name isn't in the main heading.",
    fix: "Say the brand's name in the home page's main heading.",
    *checkSite([first], { parameters }) {
      const brand = parameters.brandName || first.document.meta("og:site_name");
      const headings = first.document.all("h1").map((h1) => first.document.textOf(h1));
      if (brand && headings.length > 0 && !mentions(headings.join(" "), brand))
        yield { page: first.url, selector: "h1", detail: String(brand) };
    },
  },
];

/** Collects what the head says, so that its end knows what is missing. @param {Rewriting} page @param {string} property */
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

/** The title's text as it goes by. @param {Rewriting} page */
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

/** The address to list: without what advertisements add to it. @param {URL} url */
export function canonicalOf(url) {
  const found = new URL(url);
  for (const name of [...found.searchParams.keys()]) if (TRACKING.test(name)) found.searchParams.delete(name);
  found.hash = "";
  return found.href;
}

/** Checks and fixes resource hints: preload, preconnect, and Link headers for Early Hints. */
import { decode } from "code24/html.js";
import { attr, has, selectorOf } from "code24/page/document.js";
import { escaped, setText } from "code24/rewrite/source.js";
import { baseOf } from "code24/site/crawl.js";
import { resourcesOf, thirdParties } from "./resources.js";

/** @type {[RegExp, string][]} file name → value of as */
const KINDS = [
  [/\.m?js$/i, "script"],
  [/\.css$/i, "style"],
  [/\.(woff2?|ttf|otf)$/i, "font"],
  [/\.(png|jpe?g|gif|webp|avif|svg)$/i, "image"],
];

/** @param {string} href */
function kindOf(href) {
  const path = URL.parse(href, "https://relative.invalid/")?.pathname ?? "";
  return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const HINT_AUDITS = [
  {
    id: "preload_as_missing",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloads have no as attribute, so their files are loaded twice.",
    fix: 'Add as="font", "style", "script" or "image".',
    fixedBy: "preloads",
    *check({ document }) {
      for (const link of document.links("preload"))
        if (!attr(link, "as")) yield { selector: selectorOf(link), fixable: kindOf(attr(link, "href") ?? "") !== null };
    },
  },
  {
    id: "preload_font_twice",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloaded fonts are loaded twice: browsers request fonts in CORS mode, but the preload does not.",
    fix: "Add crossorigin to preloads of fonts, even for fonts of your own site.",
    fixedBy: "preloads",
    *check({ document }) {
      for (const link of document.links("preload"))
        if (attr(link, "as") === "font" && !has(link, "crossorigin")) yield { selector: selectorOf(link) };
    },
  },
  {
    id: "preload_unused",
    category: "hints",
    severity: "warning",
    weight: 3,
    message: "The page preloads scripts or style sheets that it does not use.",
    fix: "Remove these preloads: they delay the files that the page needs.",
    *check(page) {
      const used = new Set(resourcesOf(page).map(({ url }) => url.href));
      for (const link of page.document.links("preload")) {
        const href = URL.parse(attr(link, "href") ?? "", baseOf(page))?.href;
        // The page's source contains its scripts and styles, but not the fonts and images of style sheets.
        const told = ["script", "style"].includes(attr(link, "as") ?? "") && !attr(link, "onload");
        if (href && told && !used.has(href)) yield { selector: selectorOf(link) };
      }
    },
  },
  {
    id: "preconnect_missing",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The browser connects to other servers only when it needs their first file.",
    fix: 'Add <link rel="preconnect"> for the two or three most important servers; or list them in parameters.preconnect.',
    fixedBy: "preconnect",
    *check(page, { parameters }) {
      const early = new Set(
        ["preconnect", "dns-prefetch"].flatMap((rel) =>
          page.document.links(rel).flatMap((link) => URL.parse(attr(link, "href") ?? "", page.url)?.hostname ?? []),
        ),
      );
      const listed = new Set(
        (parameters.preconnect ?? []).map((/** @type {string} */ url) => URL.parse(url)?.hostname),
      );
      for (const [host, resources] of thirdParties(page)) {
        const needed = resources.some(({ kind }) => kind === "style" || kind === "script");
        if (needed && !early.has(host))
          yield {
            selector: selectorOf(resources[0].element),
            detail: host,
            fixable: listed.has(host) && page.document.headEnds,
          };
      }
    },
  },
  {
    id: "preconnect_many",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The page has more than 4 preconnects.",
    fix: "Keep those for the two or three most important servers.",
    *check({ document }) {
      const hints = document.links("preconnect");
      if (hints.length > 4) yield { selector: 'link[rel="preconnect"]', detail: `${hints.length}` };
    },
  },
  {
    id: "early_hints_unused",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The response has no Link header with resource hints, so Early Hints (103) cannot be sent.",
    fix: "Send Link: <…>; rel=preload for style sheets and fonts; or list servers in parameters.preconnect.",
    fixedBy: "preconnect",
    *check({ headers }, { parameters }) {
      const told = /rel="?(preload|preconnect)/i.test(headers.get("Link") ?? "");
      if (!told) yield { header: "Link", fixable: (parameters.preconnect ?? []).length > 0 };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixPreloads({ on }) {
  on('link[rel~="preload" i][href]', {
    element(link) {
      let kind = link.getAttribute("as");
      if (!kind) {
        kind = kindOf(decode(link.getAttribute("href") ?? ""));
        if (kind) setText(link, "as", kind);
      }
      if (kind === "font" && !link.hasAttribute("crossorigin")) link.setAttribute("crossorigin", "");
    },
  });
}

/** Add preconnects to the head for all browsers, and as a header for Early Hints. @param {import("code24/types.d.ts").Rewriting} page */
export function fixPreconnect({ headers, parameters, atHeadEnd }) {
  const origins = (parameters.preconnect ?? []).flatMap((/** @type {string} */ url) => URL.parse(url)?.origin ?? []);
  if (origins.length === 0) return;
  for (const origin of origins) headers.append("Link", `<${origin}>; rel=preconnect`);
  atHeadEnd(() => origins.map((/** @type {string} */ o) => `<link rel="preconnect" href="${escaped(o)}">\n`).join(""));
}

/** Checks the doctype, the character set, links, and deprecated tags and APIs. */
import { charsetOf } from "code24/page/charset.js";
import { attr, has, selectorOf } from "code24/page/document.js";
import { inlineScripts } from "./resources.js";

const TAGS =
  "acronym applet basefont bgsound big blink center dir font frame frameset isindex keygen marquee nobr strike tt xmp".split(
    " ",
  );
const SHADY_DOCTYPE = /transitional|frameset|html 3|html 2/i;

/** @type {[string, RegExp, string][]} API, its use in scripts, its replacement */
const APIS = [
  ["document.write()", /(?<![.\w])document\.write(ln)?\s*\(/, "create elements"],
  ["unload events", /addEventListener\s*\(\s*["']unload["']|\bonunload\s*=/, "use pagehide"],
  ["synchronous XMLHttpRequest", /\.open\s*\(\s*["']\w+["']\s*,[^,()]+,\s*false\s*\)/, "use fetch()"],
  ["Web SQL", /\bopenDatabase\s*\(/, "use IndexedDB"],
  ["Application Cache", /\bapplicationCache\b/, "use a service worker"],
  ["document.all", /\bdocument\.all\b/, "use querySelector()"],
];

/** @type {import("code24/types.d.ts").Audit[]} */
export const STANDARDS_AUDITS = [
  {
    id: "doctype_missing",
    category: "standards",
    severity: "error",
    weight: 6,
    message: "The page has no HTML doctype, so browsers render it in quirks mode.",
    fix: "Start the page with <!doctype html>.",
    *check({ document }) {
      const { doctype } = document;
      const right = doctype?.name?.toLowerCase() === "html" && !SHADY_DOCTYPE.test(doctype.publicId ?? "");
      if (!right) yield { selector: "!doctype", detail: doctype?.publicId ?? undefined };
    },
  },
  {
    id: "charset_missing",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "The page does not declare its character set early enough: special characters may break.",
    fix: 'Put <meta charset="utf-8"> first in the head, or send it in Content-Type.',
    *check({ document, contentType }) {
      if (!charsetOf(contentType) && !document.charset) yield { selector: "meta[charset]" };
    },
  },
  {
    id: "tag_deprecated",
    category: "standards",
    severity: "warning",
    weight: 2,
    message: "Some tags are no longer part of HTML.",
    fix: "Use CSS instead of them.",
    *check({ document }) {
      for (const element of document.all(...TAGS)) yield { selector: selectorOf(element) };
    },
  },
  {
    id: "api_deprecated",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "Scripts use deprecated APIs.",
    fix: "Use the replacement in the finding's detail.",
    *check(page) {
      const own = inlineScripts(page).map(({ source }) => /** @type {[string, string]} */ (["script", source]));
      for (const { url, text, headers } of page.assets.values())
        if (/javascript/.test(headers.get("Content-Type") ?? ""))
          own.push([`script[src="${new URL(url).pathname}"]`, text]);
      for (const [selector, source] of own)
        for (const [what, pattern, instead] of APIS)
          if (pattern.test(source)) yield { selector, detail: `${what}: ${instead}` };
      for (const body of page.document.all("body"))
        if (has(body, "onunload") || has(body, "onbeforeunload"))
          yield { selector: "body", detail: "unload events: use pagehide" };
    },
  },
  {
    id: "link_not_followable",
    category: "standards",
    severity: "warning",
    weight: 3,
    message: "Some links have no URL that browsers or search engines can follow.",
    fix: "Give links a real href; use a <button> for actions on the page.",
    *check({ document, url }) {
      for (const link of document.all("a")) {
        const href = attr(link, "href")?.replace(/\s/g, "") ?? "";
        if (attr(link, "role") || attr(link, "name") || href.startsWith("mailto:")) continue;
        const nowhere = href === "" ? !has(link, "href") && !attr(link, "id") : !URL.canParse(href, url);
        if (nowhere || /javascript:void\(?0/i.test(href)) yield { selector: selectorOf(link), detail: href };
      }
    },
  },
];

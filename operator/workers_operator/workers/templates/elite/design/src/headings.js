/** Checks and fixes the levels of headings, by which users of screen readers navigate. */
import { attr, hides, isHidden, selectorOf } from "code24/page/document.js";

/** @typedef {import("code24/types.d.ts").PageElement} PageElement */

const TAGS = ["h1", "h2", "h3", "h4", "h5", "h6"];

/** Return the level of a heading after a heading of level `last`, so that no level is skipped. @param {number} level @param {number} last */
export function levelAfter(level, last) {
  return last > 0 && level > last + 1 ? last + 1 : level;
}

/** @param {string} tag @param {string | null | undefined} ariaLevel */
function levelOf(tag, ariaLevel) {
  const said = Number.parseInt(ariaLevel ?? "", 10);
  return said >= 1 ? said : Number(tag[1]);
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const HEADING_AUDITS = [
  {
    id: "heading_order",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "Some headings skip a level.",
    fix: "Increase levels one by one: after an h2 comes an h3, not an h4.",
    fixedBy: "headings",
    *check({ document }) {
      const all = document.all(...TAGS).filter((heading) => (attr(heading, "role") ?? "heading") === "heading");
      const shown = all.filter((heading) => !isHidden(heading));
      const repaired = levels(all.filter((heading) => !isHidden(heading, false)));
      const fixable = skips(shown.map((heading) => repaired.get(heading) ?? level(heading))).length === 0;
      for (const index of skips(shown.map(level)))
        yield {
          selector: selectorOf(shown[index]),
          detail: `${level(shown[index])} after ${level(shown[index - 1])}`,
          fixable,
        };
    },
  },
];

/** Return the indexes of headings that skip a level. @param {number[]} levels */
function skips(levels) {
  return levels.flatMap((one, index) => (index > 0 && one > levels[index - 1] + 1 ? [index] : []));
}

/** @param {PageElement} heading */
function level(heading) {
  return levelOf(heading.tag, attr(heading, "aria-level"));
}

/** Return the levels that optimize sets. It ignores style sheets. @param {PageElement[]} headings */
function levels(headings) {
  let last = 0;
  return new Map(headings.map((heading) => [heading, (last = levelAfter(level(heading), last))]));
}

/** Fix the levels with aria-level, which does not change the appearance. @param {import("code24/types.d.ts").Rewriting} page */
export function fixHeadings({ on }) {
  let last = 0;
  let hidden = 0;
  const hiding = ["[hidden]", '[aria-hidden="true"]', '[style*="none"]', '[style*="hidden"]'];
  on(hiding.map((one) => `:not(i):not(svg):not(span):not(img)${one}`).join(", "), {
    element(element) {
      if (!hides((name) => element.getAttribute(name))) return;
      element.onEndTag(() => void (hidden -= 1));
      hidden += 1;
    },
  });
  on(TAGS.join(", "), {
    element(heading) {
      const role = heading.getAttribute("role");
      if (hidden > 0 || (role && role !== "heading")) return;
      const level = levelOf(heading.tagName, heading.getAttribute("aria-level"));
      const right = levelAfter(level, last);
      if (right !== level) heading.setAttribute("aria-level", String(right));
      last = right;
    },
  });
}

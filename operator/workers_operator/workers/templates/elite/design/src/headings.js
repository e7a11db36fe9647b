/** The order of headings: who listens to a page goes through it by their levels. */
import { attr, isHidden, selectorOf } from "code24/page/document.js";

const HEADINGS = "h1, h2, h3, h4, h5, h6";

/** The level that a heading should have after one of `last`; none is left out on the way down. @param {number} level @param {number} last */
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
    fix: "Let levels grow one by one: after an h2 comes an h3, not an h4.",
    fixedBy: "headings",
    *check({ document }) {
      let last = 0;
      for (const heading of document.all("h1", "h2", "h3", "h4", "h5", "h6")) {
        const role = attr(heading, "role");
        if (isHidden(heading) || (role && role !== "heading")) continue;
        const level = levelOf(heading.tag, attr(heading, "aria-level"));
        if (levelAfter(level, last) !== level)
          yield { selector: selectorOf(heading), detail: `${level} after ${last}` };
        last = level;
      }
    },
  },
];

/** Looks stay as they are: only what is announced changes. @param {import("code24/types.d.ts").Rewriting} page */
export function fixHeadings({ on }) {
  let last = 0;
  let hidden = 0;
  on('[hidden], [aria-hidden="true"], [style*="display:none"], [style*="display: none"]', {
    element(element) {
      element.onEndTag(() => void (hidden -= 1));
      hidden += 1;
    },
  });
  on(HEADINGS, {
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

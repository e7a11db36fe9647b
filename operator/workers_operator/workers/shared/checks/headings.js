/** Checks that every page has exactly one main heading. */
import { isHidden, selectorOf } from "../page/document.js";

/** @type {import("../types.d.ts").Audit[]} */
export const H1_AUDITS = [
  {
    id: "h1_missing",
    category: "structure",
    severity: "warning",
    weight: 8,
    message: "The page has no main heading (h1).",
    fix: "Give every page one h1 that says what it is about.",
    *check({ document }) {
      if (!document.first("h1")) yield { selector: "body" };
    },
  },
  {
    id: "h1_multiple",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page has several main headings (h1).",
    fix: "Keep one h1; make the others h2.",
    *check({ document }) {
      const seen = document.all("h1").filter((heading) => !isHidden(heading));
      if (seen.length < 2) return;
      for (const heading of seen) yield { selector: selectorOf(heading), detail: document.textOf(heading) };
    },
  },
];

/** Landmarks: the parts of a page that people jump to. */
import { attr, isHidden } from "code24/page/document.js";

/** @type {[string, string][]} role, tag */
const PARTS = [
  ["banner", "header"],
  ["navigation", "nav"],
  ["contentinfo", "footer"],
];

/** @param {import("code24/types.d.ts").Page["document"]} document @param {string} role @param {string} tag */
function landmarks(document, role, tag) {
  return document.elements.filter(
    (e) => !e.inert && (e.attributes.role === undefined ? e.tag === tag : attr(e, "role") === role) && !isHidden(e),
  );
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const LANDMARK_AUDITS = [
  {
    id: "main_missing",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page doesn't say where its main content is.",
    fix: "Put what the page is about into one <main>.",
    *check({ document }) {
      if (landmarks(document, "main", "main").length === 0) yield { selector: "main" };
    },
  },
  {
    id: "landmarks_missing",
    category: "structure",
    severity: "info",
    weight: 1,
    message: "Header, navigation or footer are not marked as such.",
    fix: "Use <header>, <nav> and <footer>.",
    *check({ document }) {
      const lacks = PARTS.filter(([role, tag]) => landmarks(document, role, tag).length === 0).map(([, tag]) => tag);
      if (lacks.length > 0) yield { selector: lacks.join(", ") };
    },
  },
  {
    id: "bypass_missing",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "There is no way past the navigation: no main part, no heading, no link to the content.",
    fix: 'Add <main>, headings, or <a href="#content">Skip to content</a> as the first link.',
    *check({ document }) {
      const parts = landmarks(document, "main", "main").length > 0;
      const headings = document.all("h1", "h2", "h3", "h4", "h5", "h6").length > 0;
      const skips = document.all("a").some((a) => /^#[^!]./.test(attr(a, "href") ?? ""));
      const links = document.all("a").some((a) => attr(a, "href"));
      if (links && !parts && !headings && !skips) yield { selector: "body" };
    },
  },
];

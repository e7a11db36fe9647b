/** Checks mark-up that assistive technology relies on: lists, ids, tab order, automatic refreshes, landmarks. */
import { attr, isHidden, selectorOf } from "code24/page/document.js";

const IN_LISTS = new Set(["li", "script", "template"]);

/** @type {import("code24/types.d.ts").Audit[]} */
export const STRUCTURE_AUDITS = [
  {
    id: "list_children_wrong",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some lists contain other elements than list items.",
    fix: "Put only <li> into <ul> and <ol>.",
    *check({ document }) {
      for (const list of document.all("ul", "ol")) {
        if (attr(list, "role") !== null || isHidden(list)) continue;
        const wrong = document.inside(list).find((e) => {
          if (e.parent !== list || isHidden(e)) return false;
          return IN_LISTS.has(e.tag) ? !["listitem", null].includes(attr(e, "role")) : attr(e, "role") !== "listitem";
        });
        if (wrong) yield { selector: selectorOf(list), detail: selectorOf(wrong) };
      }
    },
  },
  {
    id: "list_item_alone",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some list items are outside a list.",
    fix: "Put them into <ul> or <ol>.",
    *check({ document }) {
      for (const item of document.all("li")) {
        const list = item.parent;
        const role = list && attr(list, "role");
        const isList = list && (role ? role === "list" : ["ul", "ol", "menu"].includes(list.tag));
        if (!isList && attr(item, "role") === null && !isHidden(item)) yield { selector: selectorOf(item) };
      }
    },
  },
  {
    id: "ids_repeated",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some ids that labels or ARIA attributes refer to are not unique.",
    fix: "Use each id once.",
    *check({ document }) {
      const named = ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for"];
      const used = new Set(
        document.elements.flatMap((e) => named.flatMap((name) => attr(e, name)?.split(/\s+/) ?? [])),
      );
      const seen = new Set();
      for (const element of document.elements) {
        const id = attr(element, "id");
        if (!id || element.inert) continue;
        if (seen.has(id) && used.has(id)) yield { selector: `#${id}` };
        seen.add(id);
      }
    },
  },
  {
    id: "tabindex_positive",
    category: "structure",
    severity: "warning",
    weight: 2,
    message: "Some elements have a positive tabindex, which changes the tab order.",
    fix: "Use only tabindex 0 or -1, and order the elements in the source.",
    fixedBy: "tabindex",
    *check({ document }) {
      for (const element of document.elements)
        if (!element.inert && Number(attr(element, "tabindex")) > 0)
          yield { selector: selectorOf(element), detail: `tabindex="${attr(element, "tabindex")}"` };
    },
  },
  {
    id: "refresh_by_itself",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page refreshes or redirects automatically.",
    fix: "Redirect on the server, or let users decide.",
    *check({ document }) {
      for (const meta of document.all("meta"))
        if (
          attr(meta, "http-equiv")?.toLowerCase() === "refresh" &&
          Number.parseInt(attr(meta, "content") ?? "0", 10) < 72_000
        )
          yield { selector: 'meta[http-equiv="refresh"]', detail: attr(meta, "content") ?? "" };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixTabindex({ on }) {
  on("[tabindex]", {
    element(element) {
      if (Number(element.getAttribute("tabindex")) > 0) element.setAttribute("tabindex", "0");
    },
  });
}

/** Landmarks. @type {[string, string][]} role, tag */
const LANDMARKS = [
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
    message: "The page does not mark its main content.",
    fix: "Put the main content into one <main>.",
    *check({ document }) {
      if (landmarks(document, "main", "main").length === 0) yield { selector: "main" };
    },
  },
  {
    id: "landmarks_missing",
    category: "structure",
    severity: "info",
    weight: 1,
    message: "The header, navigation or footer is not marked.",
    fix: "Use <header>, <nav> and <footer>.",
    *check({ document }) {
      const lacks = LANDMARKS.filter(([role, tag]) => landmarks(document, role, tag).length === 0).map(
        ([, tag]) => tag,
      );
      if (lacks.length > 0) yield { selector: lacks.join(", ") };
    },
  },
  {
    id: "bypass_missing",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Keyboard users cannot skip the navigation: there is no <main>, heading or link to the content.",
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

/** Mark-up that assistive technology relies on: lists, identifiers, the order of focus, and who moves on when. */
import { attr, isHidden, selectorOf } from "code24/page/document.js";

const IN_LISTS = new Set(["li", "script", "template"]);

/** @type {import("code24/types.d.ts").Audit[]} */
export const STRUCTURE_AUDITS = [
  {
    id: "list_children_wrong",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some lists hold something other than list items.",
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
    message: "Some list items are in no list.",
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
    message: "Identifiers that labels and ARIA refer to are there twice.",
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
    message: "Some elements jump the queue of the Tab key.",
    fix: "Use tabindex 0 or -1 only; let the order of the source lead.",
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
    message: "The page moves on by itself.",
    fix: "Redirect at the server, or let people choose.",
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

/** Checks and fixes forms: labels of fields, and autocomplete. */
import { wordsOf } from "code24/checks/words.js";
import { decode } from "code24/html.js";
import { attr, closest, isHidden, selectorOf } from "code24/page/document.js";
import { setText } from "code24/rewrite/source.js";

/** @typedef {import("code24/types.d.ts").PageElement} PageElement */
/** @typedef {(name: string) => string | null | undefined} Get the raw value of an attribute */

const UNLABELLED = new Set(["hidden", "submit", "reset", "button", "image"]); // they need no label
const OWN_NAMES = ["aria-label", "aria-labelledby", "title", "placeholder"];

/** @type {[RegExp, string][]} type, name or id → value of autocomplete */
const FILLED = [
  [/^e-?mail$|^email[-_]?address$|^user[-_]?email$/i, "email"],
  [/^tel$|^phone$|^phone[-_]?number$|^mobile$/i, "tel"],
  [/^first[-_]?name$|^fname$|^given[-_]?name$/i, "given-name"],
  [/^last[-_]?name$|^lname$|^surname$|^family[-_]?name$/i, "family-name"],
  [/^full[-_]?name$|^your[-_]?name$/i, "name"],
  [/^zip$|^zip[-_]?code$|^postal[-_]?code$|^postcode$/i, "postal-code"],
  [/^company$|^organi[sz]ation$/i, "organization"],
];

/** Return whether a field's own attributes name it. @param {string} tag @param {Get} get */
function namesItself(tag, get) {
  const names = tag === "select" ? OWN_NAMES.slice(0, 3) : OWN_NAMES;
  return names.some((name) => decode(get(name) ?? "") !== "") || /^(none|presentation)$/.test(get("role") ?? "");
}

/** Derive a label from the field's name; null if a <label> could refer to its id. @param {Get} get */
function labelFrom(get) {
  return get("id") ? null : wordsOf(decode(get("name") ?? ""));
}

/** Return the value for a missing autocomplete attribute, or null. @param {Get} get */
export function autocompleteFor(get) {
  if ((get("autocomplete") ?? null) !== null) return null;
  const type = (get("type") ?? "text").toLowerCase();
  if (!["text", "email", "tel"].includes(type)) return null;
  if (type !== "text") return type;
  const names = [get("name"), get("id")].map((name) => decode(name ?? ""));
  return FILLED.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
}

/** @param {import("code24/page/document.js").PageDocument} document */
function unlabelled(document) {
  const labelled = new Set(
    document.all("label").flatMap((label) => (document.textOf(label) ? (attr(label, "for") ?? []) : [])),
  );
  return document.all("input", "select", "textarea").filter((field) => {
    const get = (/** @type {string} */ name) => field.attributes[name];
    if (field.tag === "input" && UNLABELLED.has((attr(field, "type") ?? "text").toLowerCase())) return false;
    if (namesItself(field.tag, get) || isHidden(field)) return false;
    const around = closest(field, "label");
    return !(around && document.textOf(around)) && !labelled.has(attr(field, "id") ?? "");
  });
}

/** @param {"input" | "select"} what @param {(field: PageElement) => boolean} wanted @returns {import("code24/types.d.ts").Audit} */
function labelAudit(what, wanted) {
  return {
    id: `${what}_label_missing`,
    category: "forms",
    severity: "error",
    weight: 6,
    message: what === "input" ? "Some fields have no label." : "Some selection lists have no label.",
    fix: "Give each field a <label for> that says what to enter; a placeholder disappears when the user types.",
    fixedBy: "labels",
    *check({ document }) {
      for (const field of unlabelled(document).filter(wanted)) {
        const fixable = labelFrom((name) => field.attributes[name]) !== null && closest(field, "label") === null;
        yield { selector: selectorOf(field), fixable };
      }
    },
  };
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const FORM_AUDITS = [
  labelAudit("input", ({ tag }) => tag !== "select"),
  labelAudit("select", ({ tag }) => tag === "select"),
  {
    id: "image_button_alt_missing",
    category: "forms",
    severity: "error",
    weight: 4,
    message: "Some image buttons have no alternative text.",
    fix: 'Describe what the button does: <input type="image" alt="Search">.',
    *check({ document }) {
      for (const field of document.all("input"))
        if (attr(field, "type") === "image" && !["alt", "aria-label", "title"].some((name) => attr(field, name)))
          yield { selector: selectorOf(field) };
    },
  },
  {
    id: "autocomplete_missing",
    category: "forms",
    severity: "info",
    weight: 1,
    message: "Some fields that browsers could fill in have no autocomplete attribute.",
    fix: 'Add autocomplete with a value such as "email", "tel" or "given-name".',
    fixedBy: "autocomplete",
    *check({ document }) {
      for (const field of document.all("input")) {
        const value = autocompleteFor((name) => field.attributes[name]);
        if (value) yield { selector: selectorOf(field), detail: `autocomplete="${value}"` };
      }
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixLabels({ on }) {
  let inLabel = false;
  const shown = "input:not([type=hidden i]):not([type=submit i])";
  const fields = [shown, "select", "textarea"].map((tag) => `${tag}[name]:not([id]):not([aria-label])`);
  on(fields.map((field) => `label ${field}`).join(", "), { element: () => void (inLabel = true) });
  on(fields.join(", "), {
    element(field) {
      const isInLabel = inLabel;
      inLabel = false;
      const get = (/** @type {string} */ name) => field.getAttribute(name);
      const type = (get("type") ?? "text").toLowerCase();
      if (isInLabel || (field.tagName === "input" && UNLABELLED.has(type)) || namesItself(field.tagName, get)) return;
      const label = labelFrom(get);
      if (label) setText(field, "aria-label", label);
    },
  });
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixAutocomplete({ on }) {
  const types = ["[type=email i]", "[type=tel i]", "[type=text i]", ":not([type])"];
  on(types.map((type) => `input${type}:not([autocomplete])`).join(", "), {
    element(field) {
      const value = autocompleteFor((name) => field.getAttribute(name));
      if (value) field.setAttribute("autocomplete", value);
    },
  });
}

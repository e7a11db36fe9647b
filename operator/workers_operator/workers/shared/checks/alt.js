/** Finds images without an alternative text, and derives texts for them. */
import { decode } from "../html.js";
import { attr, isHidden, selectorOf } from "../page/document.js";
import { unmoved } from "../rewrite/addresses.js";
import { setText } from "../rewrite/source.js";
import { fileName, wordsOf } from "./words.js";

/** @typedef {(name: string) => string | null | undefined} Get the raw value of an attribute */

/** Return whether an image lacks an alternative text, judged by its attributes. @param {Get} get */
export function lacksAlt(get) {
  const alt = get("alt") ?? null;
  if (alt !== null && (alt === "" || alt.trim() !== "")) return false; // alt="" is correct for decorative images
  if (["aria-label", "aria-labelledby", "title"].some((name) => (get(name) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(get("role") ?? "") && get("aria-hidden") !== "true";
}

/** Derive an alternative text from an image's source: a text, "" for a decorative image, or null if the source is not descriptive. @param {Get} get */
export function altFrom(get) {
  const sizes = [get("width"), get("height")].map((size) => Number.parseInt(size ?? "", 10));
  if (sizes.some((size) => size <= 2) || (get("alt") ?? null) !== null) return "";
  const src = decode(get("src") ?? "");
  return src.startsWith("data:") ? null : wordsOf(fileName(src));
}

/** @type {import("../types.d.ts").Audit} */
export const ALT_AUDIT = {
  id: "image_alt_missing",
  category: "images",
  severity: "warning",
  weight: 5,
  message: "Some images have no alt attribute.",
  fix: 'Describe what each image shows; alt="" for pure decoration.',
  fixedBy: "alt",
  *check({ document }) {
    for (const image of document.all("img")) {
      const get = (/** @type {string} */ name) => image.attributes[name];
      if (!lacksAlt(get) || isHidden(image)) continue;
      yield { selector: selectorOf(image), detail: attr(image, "class") ?? undefined, fixable: altFrom(get) !== null };
    }
  },
};

/** @param {import("../types.d.ts").Rewriting} page */
export function fixAlt({ on, prefix }) {
  on("img", {
    element(image) {
      const get = (/** @type {string} */ name) => unmoved(image.getAttribute(name), prefix);
      const alt = lacksAlt(get) ? altFrom(get) : null;
      if (alt !== null) setText(image, "alt", alt);
    },
  });
}

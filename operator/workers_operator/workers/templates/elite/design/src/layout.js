/** Checks for layout shifts while the page loads, and for small tap targets. */
import { attr, isHidden, selectorOf } from "code24/page/document.js";
import { declarationsOf } from "code24/page/css.js";

const UNSET = /^(auto|initial|unset|inherit)$/;
const LEAST_TARGET = 24; // CSS pixels, WCAG 2.2 (2.5.8)

/** Return whether the source or the style sheets define an element's size. @param {import("code24/types.d.ts").PageElement} element */
export function isSized(element) {
  const styles = element.styles ?? {};
  const explicit = (/** @type {string} */ name) => {
    const value = styles[name];
    return (value !== undefined && !UNSET.test(value)) || Number.parseInt(attr(element, name) ?? "", 10) >= 0;
  };
  const sides = ["width", "height", "aspect-ratio"].filter(explicit);
  return sides.length > 1 || /^(absolute|fixed)$/.test(styles.position ?? "");
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const LAYOUT_AUDITS = [
  {
    id: "image_size_missing",
    category: "layout",
    severity: "warning",
    weight: 4,
    message: "Some images have no size: the content below them shifts when they load.",
    fix: "Give every <img> its width and height; CSS can still scale it.",
    *check({ document }) {
      for (const image of document.all("img"))
        if (!isSized(image) && !isHidden(image) && !/^data:image\/svg/.test(attr(image, "src") ?? ""))
          yield { selector: selectorOf(image) };
    },
  },
  {
    id: "frame_size_missing",
    category: "layout",
    severity: "info",
    weight: 2,
    message: "Some frames and videos have no size.",
    fix: "Give them width and height, or an aspect-ratio in CSS.",
    *check({ document }) {
      for (const frame of document.all("iframe", "video", "embed"))
        if (!isSized(frame) && !isHidden(frame)) yield { selector: selectorOf(frame) };
    },
  },
  {
    id: "tap_target_small",
    category: "layout",
    severity: "warning",
    weight: 3,
    message: `Some links or buttons are smaller than ${LEAST_TARGET} by ${LEAST_TARGET} pixels.`,
    fix: "Make them larger, or give them padding.",
    *check({ document }) {
      for (const target of document.all("a", "button", "input", "select")) {
        const style = declarationsOf(target.attributes.style ?? "");
        const sizes = ["width", "height"].map((name) => pixelsOf(style.get(name)));
        if (sizes.some((size) => size > 0 && size < LEAST_TARGET) && !isHidden(target))
          yield { selector: selectorOf(target), detail: target.attributes.style };
      }
    },
  },
];

/** @param {string | undefined} value */
function pixelsOf(value) {
  return /^\d+(\.\d+)?px$/.test(value ?? "") ? Number.parseFloat(value ?? "") : 0;
}

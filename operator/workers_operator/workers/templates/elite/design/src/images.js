/** Checks and fixes images that are loaded too early, and image formats. */
import { attr, closest, has, selectorOf } from "code24/page/document.js";
import { lazyBeyond } from "code24/rewrite/lazy.js";

const SEEN_FIRST = 4; // number of images that are probably visible at first
const HEAVY = /\.(png|jpe?g|gif|bmp|tiff?)([?#]|$)/i;

/** @type {import("code24/types.d.ts").Audit[]} */
export const IMAGE_AUDITS = [
  {
    id: "loaded_early",
    category: "images",
    severity: "info",
    weight: 2,
    message: "Images and frames further down are loaded immediately.",
    fix: 'Add loading="lazy" to images and frames that are not visible at first.',
    fixedBy: "lazy",
    *check({ document }) {
      for (const one of [...document.all("img").slice(SEEN_FIRST), ...document.all("iframe")])
        if (!has(one, "loading") && attr(one, "src"))
          yield { selector: selectorOf(one), fixable: one.tag === "iframe" || hasSizes(one.attributes) };
    },
  },
  {
    id: "image_format_old",
    category: "images",
    severity: "info",
    weight: 1,
    message: "Some images are only available in old formats.",
    fix: "Offer AVIF or WebP in a <picture>; they need half the bytes.",
    *check({ document }) {
      for (const image of document.all("img"))
        if (HEAVY.test(attr(image, "src") ?? "") && closest(image, "picture") === null)
          yield { selector: selectorOf(image) };
    },
  },
];

/** @param {Record<string, string>} attributes */
function hasSizes(attributes) {
  return /^\d+$/.test(attributes.width ?? "") && /^\d+$/.test(attributes.height ?? "");
}

/** Load images with a size lazily; images without one would shift the layout. @param {import("code24/types.d.ts").Rewriting} page */
export function fixLazy(page) {
  lazyBeyond(page, SEEN_FIRST, (image) =>
    hasSizes({ width: image.getAttribute("width") ?? "", height: image.getAttribute("height") ?? "" }),
  );
}

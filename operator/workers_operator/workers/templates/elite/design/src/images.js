/** Images that are loaded before anybody sees them, and formats that are larger than they have to be. */
import { attr, closest, has, selectorOf } from "code24/page/document.js";
import { lazyBeyond } from "code24/rewrite/lazy.js";

const SEEN_FIRST = 4; // images at the top of the source that are probably in sight
const HEAVY = /\.(png|jpe?g|gif|bmp|tiff?)([?#]|$)/i;

/** @type {import("code24/types.d.ts").Audit[]} */
export const IMAGE_AUDITS = [
  {
    id: "loaded_early",
    category: "images",
    severity: "info",
    weight: 2,
    message: "Images and frames further down are loaded at once.",
    fix: 'Add loading="lazy" to what is not in sight at first.',
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
    message: "Images come in formats of the last century only.",
    fix: "Offer AVIF or WebP in a <picture>; they need half of the bytes.",
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

/** Only images that say how large they are: the others would make the page jump. @param {import("code24/types.d.ts").Rewriting} page */
export function fixLazy(page) {
  lazyBeyond(page, SEEN_FIRST, (image) =>
    hasSizes({ width: image.getAttribute("width") ?? "", height: image.getAttribute("height") ?? "" }),
  );
}

/** Images and frames further down a page, loaded when the visitor comes near them. */

/**
 * @param {import("../types.d.ts").Rewriting} page
 * @param {number} eager images at the top of the source that are loaded at once
 * @param {(image: Element) => boolean} [isFit] whether an image may come late
 */
export function lazyBeyond({ on }, eager, isFit = () => true) {
  let seen = 0;
  on("img", {
    element(image) {
      seen += 1;
      if (seen <= eager) return;
      if (!image.hasAttribute("loading") && isFit(image)) image.setAttribute("loading", "lazy");
      if (!image.hasAttribute("decoding")) image.setAttribute("decoding", "async");
    },
  });
  on("iframe[src]:not([loading])", { element: (frame) => void frame.setAttribute("loading", "lazy") });
}

/** Loads images and frames below the fold lazily. */

/**
 * @param {import("../types.d.ts").Rewriting} page
 * @param {number} eager number of images at the top of the source that are not loaded lazily
 * @param {(image: Element) => boolean} [isFit] whether an image can be loaded lazily
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

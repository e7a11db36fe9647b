/** A fix that rewrites a page's URLs to the path prefix under which it is served. */
import { decode } from "../html.js";
import { addressMover, moved, movedInCss } from "./addresses.js";
import { setText } from "./source.js";

/** Links that identify the page at the site; they become absolute URLs of the site. */
const KEPT = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;

/** @param {import("../types.d.ts").Rewriting} page */
export function moveAddresses({ on, css, readAhead, url, site, prefix }) {
  readAhead(addressMover(site, prefix));
  css((text) => movedInCss(text, site, prefix));
  on("link[href]", {
    element(link) {
      const value = link.getAttribute("href") ?? "";
      const isKept = KEPT.test(link.getAttribute("rel") ?? "");
      const next = isKept ? URL.parse(decode(value), url)?.href : moved(value, site, prefix);
      if (!next || next === value) return;
      if (isKept) setText(link, "href", next);
      else link.setAttribute("href", next);
    },
  });
}

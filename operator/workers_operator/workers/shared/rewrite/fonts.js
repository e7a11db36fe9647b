/** Keeps text visible while fonts load, and connects to font servers early. */
import { decode } from "../html.js";
import { setText } from "./source.js";

export const GOOGLE = "https://fonts.googleapis.com";
export const FILES = "https://fonts.gstatic.com";
const FACE = /@font-face\s*\{([^}]*)\}/gi;

/** Add display=swap to a Google Fonts URL. Returns null if no change is needed. @param {string} href */
export function swapped(href) {
  const url = URL.parse(href, "https://relative.invalid/");
  if (!url || url.origin !== GOOGLE || !/^\/(css2?|icon)$/.test(url.pathname)) return null;
  if (url.pathname === "/icon" || /icon|symbols/i.test(url.search)) return null; // icon fonts would display words instead of icons
  if (url.searchParams.has("display")) return null;
  return `${href}${href.includes("?") ? "&" : "?"}display=swap`;
}

/** Add font-display: swap to the fonts of a <style>. @param {string} css */
export function withDisplay(css) {
  return css.replace(FACE, (rule, block) => {
    return /font-display/i.test(block) || /icon|awesome|glyph|symbol/i.test(block)
      ? rule
      : rule.replace("{", "{font-display:swap;");
  });
}

/** @param {import("../types.d.ts").Rewriting} page */
export function fixFonts({ on, css }) {
  let early = false;
  on('link[href*="fonts.g"]', {
    element(link) {
      const href = decode(link.getAttribute("href") ?? "");
      const rel = (link.getAttribute("rel") ?? "").toLowerCase();
      if (rel.includes("preconnect") && href.includes("fonts.gstatic.com")) early = true;
      if (!rel.includes("stylesheet") || !href.startsWith(GOOGLE)) return;
      const better = swapped(href);
      if (better) setText(link, "href", better);
      if (!early) link.before(`<link rel="preconnect" href="${FILES}" crossorigin>`, { html: true });
      early = true;
    },
  });
  css(withDisplay);
}

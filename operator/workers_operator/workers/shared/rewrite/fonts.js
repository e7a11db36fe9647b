/** Fonts that leave text in sight while they load, and whose servers are spoken to early. */
import { decode } from "../html.js";
import { setText } from "./source.js";

export const GOOGLE = "https://fonts.googleapis.com";
export const FILES = "https://fonts.gstatic.com";
const FACE = /@font-face\s*\{([^}]*)\}/gi;

/** A Google Fonts address with display=swap; null where it needs nothing. @param {string} href */
export function swapped(href) {
  const url = URL.parse(href, "https://relative.invalid/");
  if (!url || url.origin !== GOOGLE || !/^\/(css2?|icon)$/.test(url.pathname)) return null;
  if (url.pathname === "/icon" || /icon|symbols/i.test(url.search)) return null; // words would show in place of pictures
  if (url.searchParams.has("display")) return null;
  return `${href}${href.includes("?") ? "&" : "?"}display=swap`;
}

/** Fonts of a <style>, shown as soon as there is text. @param {string} css */
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

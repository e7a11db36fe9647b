/** Checks and fixes the viewport: phones scale a page without one, and some viewports prevent zooming. */
import { attr } from "code24/page/document.js";
import { setText } from "code24/rewrite/source.js";

const LEAST_SCALE = 5; // people with low vision need at least this scale
const PLAIN = "width=device-width, initial-scale=1";

/** @param {string} content @returns {[string, string][]} */
function settingsOf(content) {
  return content.split(/[,;]/).flatMap((part) => {
    const [name, value = ""] = part.split("=").map((text) => text.trim().toLowerCase());
    return name ? [/** @type {[string, string]} */ ([name, value])] : [];
  });
}

/** @param {[string, string]} setting */
function blocksZoom([name, value]) {
  if (name === "user-scalable") return value === "no" || (value !== "yes" && Math.abs(Number.parseFloat(value)) < 1);
  return name === "maximum-scale" && Number.parseFloat(value) >= 0 && Number.parseFloat(value) < LEAST_SCALE;
}

/** Return the viewport's content without settings that prevent zooming. @param {string} content */
export function zoomable(content) {
  const kept = settingsOf(content).filter((setting) => !blocksZoom(setting));
  return kept.map(([name, value]) => (value ? `${name}=${value}` : name)).join(", ");
}

/** @param {import("code24/types.d.ts").Page["document"]} document */
function viewportOf(document) {
  return document.all("meta").find((meta) => attr(meta, "name")?.toLowerCase() === "viewport");
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const VIEWPORT_AUDITS = [
  {
    id: "viewport_missing",
    category: "viewport",
    severity: "error",
    weight: 12,
    message: "The page has no viewport: phones show a scaled-down desktop page.",
    fix: `Add <meta name="viewport" content="${PLAIN}">.`,
    fixedBy: "viewport",
    *check({ document }) {
      const viewport = viewportOf(document);
      const settings = settingsOf((viewport && attr(viewport, "content")) ?? "");
      const usable = settings.some(([name]) => name === "width" || name === "initial-scale");
      if (!usable) yield { selector: 'meta[name="viewport"]', fixable: viewport !== undefined || document.headEnds };
    },
  },
  {
    id: "viewport_blocks_zoom",
    category: "viewport",
    severity: "error",
    weight: 6,
    message: "The viewport prevents zooming.",
    fix: "Remove user-scalable=no and maximum-scale from the viewport.",
    fixedBy: "viewport",
    *check({ document }) {
      const viewport = viewportOf(document);
      const content = (viewport && attr(viewport, "content")) ?? "";
      if (settingsOf(content).some(blocksZoom)) yield { selector: 'meta[name="viewport"]', detail: content };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixViewport({ on, atHeadEnd }) {
  let seen = false;
  on('meta[name="viewport" i]', {
    element(meta) {
      if (seen) return;
      seen = true;
      const settings = settingsOf(meta.getAttribute("content") ?? "");
      if (!settings.some(([name]) => name === "width" || name === "initial-scale")) setText(meta, "content", PLAIN);
      else if (settings.some(blocksZoom)) setText(meta, "content", zoomable(meta.getAttribute("content") ?? ""));
    },
  });
  atHeadEnd(() => (seen ? "" : `<meta name="viewport" content="${PLAIN}">\n`));
}

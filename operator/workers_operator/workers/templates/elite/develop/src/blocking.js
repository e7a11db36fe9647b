/** Checks and fixes render-blocking scripts and style sheets. */
import { decode } from "code24/html.js";
import { attr, closest, has, selectorOf } from "code24/page/document.js";

/** @typedef {(name: string) => string | null | undefined} Get the raw value of an attribute */

// Their vendors recommend async.
const TRACKERS =
  /^(https?:)?\/\/(www\.googletagmanager\.com\/gtag\/js|www\.google-analytics\.com\/analytics\.js|static\.cloudflareinsights\.com\/|plausible\.io\/js\/|connect\.facebook\.net\/|snap\.licdn\.com\/|static\.hotjar\.com\/|cdn\.segment\.com\/|js\.hs-scripts\.com\/|www\.clarity\.ms\/)/i;

/** Return whether a script blocks the parser. @param {Get} get */
function blocks(get) {
  const type = decode(get("type") ?? "").toLowerCase();
  if (!/^(|text\/javascript|application\/javascript)$/.test(type)) return false;
  return Boolean(get("src")) && [get("async"), get("defer")].every((value) => (value ?? null) === null);
}

/** @type {import("code24/types.d.ts").Audit[]} */
export const BLOCKING_AUDITS = [
  {
    id: "tracker_blocks",
    category: "speed",
    severity: "warning",
    weight: 4,
    message: "Analytics scripts block rendering.",
    fix: "Add async to them, as their vendors recommend.",
    fixedBy: "trackers",
    *check({ document }) {
      for (const script of document.all("script"))
        if (blocks((name) => script.attributes[name]) && TRACKERS.test(attr(script, "src") ?? ""))
          yield { selector: selectorOf(script) };
    },
  },
  {
    id: "script_blocks",
    category: "speed",
    severity: "warning",
    weight: 6,
    message: "Scripts in the head block rendering.",
    fix: 'Add defer to them, or move them to the end of the page; or enable "defer" and let optimize add it.',
    fixedBy: "defer",
    *check({ document }) {
      for (const script of document.all("script")) {
        if (!blocks((name) => script.attributes[name]) || TRACKERS.test(attr(script, "src") ?? "")) continue;
        if (closest(script, "head")) yield { selector: selectorOf(script) };
      }
    },
  },
  {
    id: "style_blocks",
    category: "speed",
    severity: "info",
    weight: 2,
    message: "Several style sheets block rendering.",
    fix: "Combine them, and add a media attribute to those for print or special widths.",
    *check({ document }) {
      const sheets = document.links("stylesheet").filter((link) => {
        return !has(link, "disabled") && !/print/i.test(attr(link, "media") ?? "") && closest(link, "head");
      });
      if (sheets.length < 3) return;
      for (const sheet of sheets) yield { selector: selectorOf(sheet) };
    },
  },
  {
    id: "style_imports",
    category: "speed",
    severity: "warning",
    weight: 3,
    message: "Style sheets use @import, which delays the imported style sheets.",
    fix: "Link the imported style sheets in the page.",
    *check({ document, assets }) {
      for (const { url, text, headers } of assets.values())
        if (
          /css/.test(headers.get("Content-Type") ?? "") &&
          /^\s*(@charset[^;]*;\s*)?@import\b/.test(text.replace(/\/\*[\s\S]*?\*\//g, ""))
        )
          yield { selector: `link[href="${new URL(url).pathname}"]` };
      for (const style of document.all("style"))
        if (/@import\b/.test(document.source(style))) yield { selector: "style", detail: "@import" };
    },
  },
];

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixTrackers({ on }) {
  on("script[src]", {
    element(script) {
      if (blocks((name) => script.getAttribute(name)) && TRACKERS.test(decode(script.getAttribute("src") ?? "")))
        script.setAttribute("async", "");
    },
  });
}

/** @param {import("code24/types.d.ts").Rewriting} page */
export function fixDefer({ on }) {
  on("head script[src]", {
    element(script) {
      if (blocks((name) => script.getAttribute(name))) script.setAttribute("defer", "");
    },
  });
}

/** Checks the size of a page against budgets, which parameters.budgets can change. */
import { attr } from "code24/page/document.js";
import { inlineScripts, resourcesOf, thirdParties } from "./resources.js";

/** @typedef {import("code24/types.d.ts").Page} Page */
/** @typedef {import("code24/types.d.ts").Audit} Audit */

/** kB are 1000 bytes, after decompression. */
export const BUDGETS = {
  htmlKb: 150,
  inlineKb: 50,
  scriptsKb: 400,
  stylesKb: 150,
  requests: 60,
  thirdParties: 5,
  elements: 1400,
};

/** @typedef {keyof typeof BUDGETS} Budget */

/** Return the size of the site's own files of a kind in kB. @param {Page} page @param {string} kind */
function kilobytes(page, kind) {
  const own = resourcesOf(page).filter((resource) => resource.kind === kind);
  return own.reduce((sum, { url }) => sum + (page.assets.get(url.href)?.bytes ?? 0), 0) / 1000;
}

/** @param {Page} page */
function inlineKb(page) {
  const styles = page.document.all("style").map((style) => page.document.source(style));
  const attributes = page.document.elements.map((element) => attr(element, "style") ?? "");
  const sources = [...inlineScripts(page).map(({ source }) => source), ...styles, ...attributes];
  return sources.reduce((sum, text) => sum + text.length, 0) / 1000;
}

/** @type {[string, Budget, number, string, string, (page: Page) => number][]} id, budget, weight, message, fix, measure */
const MEASURES = [
  [
    "html_heavy",
    "htmlKb",
    3,
    "The HTML exceeds its budget.",
    "Send the visible content first; load the rest on demand.",
    ({ bytes }) => bytes / 1000,
  ],
  [
    "inline_heavy",
    "inlineKb",
    3,
    "Inline scripts and styles exceed their budget: they are loaded with every page.",
    "Move them into files, which browsers cache.",
    inlineKb,
  ],
  [
    "scripts_heavy",
    "scriptsKb",
    5,
    "The scripts exceed their budget.",
    "Split them, and load rarely used code on demand.",
    (page) => kilobytes(page, "script"),
  ],
  [
    "styles_heavy",
    "stylesKb",
    3,
    "The style sheets exceed their budget.",
    "Remove rules that no page uses.",
    (page) => kilobytes(page, "style"),
  ],
  [
    "requests_many",
    "requests",
    3,
    "The number of files exceeds its budget.",
    "Combine small files, and load images further down lazily.",
    (page) => resourcesOf(page).length,
  ],
  [
    "third_parties_many",
    "thirdParties",
    3,
    "The number of third parties exceeds its budget.",
    "Remove those that you do not need; serve fonts and libraries yourself.",
    (page) => thirdParties(page).size,
  ],
  [
    "dom_large",
    "elements",
    2,
    "The number of elements exceeds its budget: every change of the page is slow.",
    "Paginate long lists.",
    ({ document }) => document.elements.length,
  ],
];

/** @type {Audit[]} */
export const BUDGET_AUDITS = MEASURES.map(([id, budget, weight, message, fix, measure]) => ({
  id,
  category: "budgets",
  severity: "warning",
  weight,
  message,
  fix,
  *check(page, { parameters }) {
    const most = parameters.budgets?.[budget] ?? BUDGETS[budget];
    const found = measure(page);
    if (found > most) yield { detail: `${Math.ceil(found)} of ${most}${budget.endsWith("Kb") ? " kB" : ""}` };
  },
}));

BUDGET_AUDITS.push({
  id: "third_parties",
  category: "budgets",
  severity: "info",
  weight: 0,
  message: "The page loads files from third parties, which receive data about its visitors.",
  fix: "Check that each of them is necessary and named in the privacy policy.",
  *check(page) {
    for (const [host, resources] of thirdParties(page)) yield { detail: `${host}: ${resources.length} files` };
  },
});

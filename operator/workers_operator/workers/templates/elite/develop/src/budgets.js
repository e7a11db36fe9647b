/** How heavy a page may be: budgets, which parameters.budgets may change. */
import { attr } from "code24/page/document.js";
import { inlineScripts, resourcesOf, thirdParties } from "./resources.js";

/** @typedef {import("code24/types.d.ts").Page} Page */
/** @typedef {import("code24/types.d.ts").Audit} Audit */

/** Kilobytes are 1000 bytes, after decompression. */
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

/** Own files of a kind, in kilobytes. @param {Page} page @param {string} kind */
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
    "The page itself is heavier than its budget.",
    "Send what is seen first; load the rest on demand.",
    ({ bytes }) => bytes / 1000,
  ],
  [
    "inline_heavy",
    "inlineKb",
    3,
    "Scripts and styles in the page are heavier than their budget: they are loaded with every page.",
    "Move them into files, which browsers keep.",
    inlineKb,
  ],
  [
    "scripts_heavy",
    "scriptsKb",
    5,
    "Scripts are heavier than their budget.",
    "Split them, and load what most visitors don't need on demand.",
    (page) => kilobytes(page, "script"),
  ],
  [
    "styles_heavy",
    "stylesKb",
    3,
    "Style sheets are heavier than their budget.",
    "Take out rules that no page uses.",
    (page) => kilobytes(page, "style"),
  ],
  [
    "requests_many",
    "requests",
    3,
    "The page loads more files than its budget.",
    "Join small files, and load images further down lazily.",
    (page) => resourcesOf(page).length,
  ],
  [
    "third_parties_many",
    "thirdParties",
    3,
    "The page depends on more other sites than its budget.",
    "Drop what nobody looks at; serve fonts and libraries yourself.",
    (page) => thirdParties(page).size,
  ],
  [
    "dom_large",
    "elements",
    2,
    "The page has more elements than its budget: everything that changes it is slow.",
    "Show long lists in parts.",
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
  message: "Other sites that the page depends on, and that learn about its visitors.",
  fix: "Check that each of them is needed, and named in the privacy statement.",
  *check(page) {
    for (const [host, resources] of thirdParties(page)) yield { detail: `${host}: ${resources.length} files` };
  },
});

/** Turns the results of audits into findings and a score. The same pages always have the same score. */
import { decode } from "../html.js";

/** @typedef {import("../types.d.ts").Audit} Audit */
/** @typedef {import("../types.d.ts").Evidence} Evidence */
/** @typedef {import("../types.d.ts").Finding} Finding */
/** @typedef {import("../types.d.ts").Page} Page */

const MAX_EVIDENCE = 5;
const MAX_DETAIL = 300;
const ORDER = { error: 0, warning: 1, info: 2 };

/**
 * Run the audits on the pages, and return the findings in the audits' order.
 * @param {Audit[]} audits
 * @param {Page[]} pages
 * @param {import("../types.d.ts").AuditContext} context
 * @param {string[]} optimizations the enabled ones
 */
export function findings(audits, pages, context, optimizations) {
  return audits.flatMap((audit) => {
    const evidence = pages.flatMap((page) =>
      audit.check ? [...audit.check(page, context)].map((one) => withPage({ page: page.url, ...one })) : [],
    );
    if (audit.checkSite) evidence.push(...[...audit.checkSite(pages, context)].map(withPage));
    return evidence.length > 0 ? [finding(audit, evidence, optimizations)] : [];
  });
}

/** Sort findings by severity, most severe first. @param {Finding[]} found */
export function bySeverity(found) {
  return found.sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.weight - a.weight);
}

/** @param {Evidence} evidence @returns {Evidence} */
function withPage(evidence) {
  return evidence.page ? { ...evidence, page: pathOf(evidence.page) } : evidence;
}

/**
 * @param {Audit} audit
 * @param {Evidence[]} evidence
 * @param {string[]} optimizations
 * @returns {Finding}
 */
export function finding(audit, evidence, optimizations) {
  const { id, category, severity, weight, message, fix, fixedBy } = audit;
  const isOn = fixedBy !== undefined && optimizations.includes(fixedBy);
  const fixable = isOn && evidence.every((one) => one.fixable !== false);
  const shown = evidence.slice(0, MAX_EVIDENCE).map(({ fixable: _, detail, ...where }) => ({
    ...where,
    ...(detail === undefined ? {} : { detail: cut(decode(detail)) }),
  }));
  return { id, category, severity, weight, message, fix, fixable, count: evidence.length, evidence: shown };
}

/** Compute the score: 100 minus the weight of each finding, and at least 0. @param {Finding[]} found */
export function score(found) {
  return Math.max(0, 100 - found.reduce((sum, { weight }) => sum + weight, 0));
}

/** Count the findings by severity. @param {Finding[]} found */
export function summary(found) {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of found) counts[severity] += 1;
  return counts;
}

/** @param {string} url */
function pathOf(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** @param {string} text */
function cut(text) {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL - 1)}…` : text;
}

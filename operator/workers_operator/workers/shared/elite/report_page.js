/** Renders the report as an HTML page: a summary first, then the details. The page loads no files and runs no scripts. */
import { escapeHtml } from "../html.js";
import { ring, trendLine } from "./report_charts.js";
import { STYLE } from "./report_style.js";

/** @typedef {import("../types.d.ts").Report} Report */
/** @typedef {import("../types.d.ts").Finding} Finding */
/** @typedef {import("../types.d.ts").Severity} Severity */

/** @type {Record<Severity, {one: string, many: string, lead: string}>} */
const SEVERITIES = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." },
};
const FIRST = 3; // number of findings in the summary
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** @param {Report} report @param {string} title @param {string} prefix */
export function reportPage(report, title, prefix) {
  return new Response(html(report, title, prefix), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept",
    },
  });
}

/** Return the verdict on a score: a word, and the name of its colour. @param {number} score */
export function verdict(score) {
  if (score >= 90) return { word: "Excellent", tone: "good" };
  if (score >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (score >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}

/** @param {Report} report @param {string} title @param {string} prefix */
export function html(report, title, prefix) {
  const host = new URL(report.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${escapeHtml(`${report.score} · ${title} · ${host}`)}</title><style>${STYLE}</style></head>
<body><header><p class="kind">${escapeHtml(title)}</p><h1>${escapeHtml(host)}</h1>
<p class="about"><a href="${escapeHtml(report.finalUrl)}" rel="noreferrer">${escapeHtml(report.finalUrl)}</a>
<span>${pagesRead(report)}, ${date(report.fetchedAt)}</span></p></header>
<main>${overview(report)}${todo(report, prefix)}${preview(report)}${groups(report)}</main>
<footer><p><a href="${prefix}/report.json">This report as JSON</a> <a href="${prefix}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}

/** @param {Report} report */
function pagesRead({ pages }) {
  return pages.length === 1 ? "one page read" : `${pages.length} pages read`;
}

/** @param {string} at */
function date(at) {
  return `<time datetime="${escapeHtml(at)}">${escapeHtml(at.slice(0, 16).replace("T", " "))} UTC</time>`;
}

/** @param {Report} report */
function overview({ score, summary, trend }) {
  const { word, tone } = verdict(score);
  const counts = /** @type {Severity[]} */ (Object.keys(SEVERITIES)).map((severity) => {
    const { one, many } = SEVERITIES[severity];
    const count = summary[severity];
    const text = `<b>${count}</b> ${count === 1 ? one : many}`;
    return `<li class="${severity}">${count > 0 ? `<a href="#${severity}">${text}</a>` : `<span>${text}</span>`}</li>`;
  });
  return `<section class="overview" aria-label="Overview"><div class="score ${tone}">${ring(score)}
<p><b>${word}</b></p></div><ul class="counts">${counts.join("")}</ul>${trend ? history(trend) : ""}</section>`;
}

/** @param {import("../types.d.ts").Run[]} trend */
function history(trend) {
  const last = trend.at(-1)?.score ?? 0;
  const change = last - (trend.at(-2)?.score ?? last);
  const words =
    trend.length < 2 ? "First run" : change === 0 ? "Unchanged" : `${change > 0 ? "+" : "−"}${Math.abs(change)} points`;
  return `<div class="trend"><h2>Trend</h2>${trendLine(trend)}<p><b>${words}</b> ${
    trend.length < 2 ? "" : `since the run before, ${trend.length} runs`
  }</p></div>`;
}

/** @param {Report} report @param {string} prefix */
function todo({ findings }, prefix) {
  if (findings.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const first = [...findings].sort((a, b) => b.weight - a.weight).slice(0, FIRST);
  const fixable = findings.filter((found) => found.fixable);
  const gained = fixable.reduce((sum, { weight }) => sum + weight, 0);
  const items = first.map(
    ({ fix, weight, id }) => `<li><a href="#${id}">${escapeHtml(fix)}</a>${points(weight, "+")}</li>`,
  );
  const edge =
    fixable.length === 0
      ? ""
      : `<p class="edge">optimize repairs <b>${fixable.length} of ${findings.length}</b> at the edge:
<a href="${prefix}/optimize/">see the improved page</a>${points(gained, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${items.join("")}</ol>${edge}</section>`;
}

/** @param {number} weight @param {string} sign */
function points(weight, sign) {
  if (weight === 0) return "";
  return ` <span class="points">${sign}${weight}<span class="quiet"> points</span></span>`;
}

/** Render a preview of the search result, if the report contains one. @param {Report} report */
function preview({ title, description, finalUrl }) {
  if (typeof title !== "string" && typeof description !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${escapeHtml(finalUrl)}</p>
<p class="headline">${escapeHtml(String(title ?? "No title"))}</p>
<p>${escapeHtml(String(description ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}

/** @param {Report} report */
function groups({ findings }) {
  return /** @type {Severity[]} */ (Object.keys(SEVERITIES))
    .map((severity) => {
      const own = findings.filter((found) => found.severity === severity);
      if (own.length === 0) return "";
      const { many, lead } = SEVERITIES[severity];
      const heading = many[0].toUpperCase() + many.slice(1);
      return `<section class="group ${severity}" id="${severity}"><h2>${heading} <span class="quiet">${own.length}</span></h2>
<p>${lead}</p>${own.map(details).join("")}</section>`;
    })
    .join("");
}

/** @param {Finding} found */
function details({ id, category, message, fix, fixable, weight, count, evidence }) {
  const tag = fixable ? ` <span class="tag">repaired by optimize</span>` : "";
  const more = count > evidence.length ? `<li class="quiet">and ${count - evidence.length} more</li>` : "";
  return `<details id="${id}"><summary><span class="message">${escapeHtml(message)}${tag}</span>${points(weight, "−")}</summary>
<p><b>What to do:</b> ${escapeHtml(fix)}</p><ul class="evidence">${evidence.map(place).join("")}${more}</ul>
<p class="quiet">${escapeHtml(category)} · <code>${escapeHtml(id)}</code></p></details>`;
}

/** @param {import("../types.d.ts").Evidence} evidence */
function place({ page, selector, header, detail }) {
  const where = selector ?? (header && `${header}:`);
  return `<li>${page ? `<span class="page">${escapeHtml(page)}</span> ` : ""}${
    where ? `<code>${escapeHtml(where)}</code> ` : ""
  }${detail ? escapeHtml(detail) : ""}</li>`;
}

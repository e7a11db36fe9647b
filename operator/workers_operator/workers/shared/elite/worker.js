/**
 * Builds an elite worker from a template's audits and fixes.
 *
 * Paths below the worker's own path (/elite/<type>):
 *   /, /report                 the report: HTML for browsers, JSON for all other clients
 *   /report.json, /report.html the report in that format
 *   /optimize/<path>           the site's page, improved (rewrite/optimize.js)
 *   /health, /.well-known/code24/health   {"status":"ok"}, without a request to the site
 * Errors: 404; 405; 422 `invalid_parameters` with the `field`; 502 `site_unreachable` with the `reason`.
 */
import { failure, failureFor, fetchProblem, healthy, json } from "../answers.js";
import { asksHealth, readConfig } from "../config.js";
import { optimize } from "../rewrite/optimize.js";
import { crawl, Refused } from "../site/crawl.js";
import { TIMEOUT_MS } from "../site/get.js";
import { ACCESS, UNREADABLE } from "./access.js";
import { bySeverity, finding, findings, score, summary } from "./findings.js";
import { withTrend } from "./history.js";
import { readParameters } from "./parameters.js";
import { reportPage } from "./report_page.js";

/** @typedef {import("../types.d.ts").EliteTemplate} EliteTemplate */
/** @typedef {import("../types.d.ts").EliteEnv} EliteEnv */
/** @typedef {import("../types.d.ts").Finding} Finding */

const REPORTS = new Set(["", "/", "/report", "/report.json", "/report.html"]);

/** @param {EliteTemplate} template @returns {ExportedHandler<EliteEnv>} */
export function eliteWorker(template) {
  return {
    fetch(request, env, ctx) {
      const url = new URL(request.url);
      const config = readConfig(env);
      const prefix = prefixOf(url, config.type ?? template.type);
      const path = url.pathname.slice(prefix.length);
      const optimizing = path === "/optimize" || path.startsWith("/optimize/");
      const reading = request.method === "GET" || request.method === "HEAD";
      if (!optimizing && !reading) return failure(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!optimizing && (asksHealth(url) || path === "/health")) return healthy();
      const read = readParameters(config.parameters, template);
      if (!read.site) {
        return failure(422, "invalid_parameters", read.problem, { field: "parameters.site" });
      }
      const { parameters } = config;
      if (optimizing) return optimize(request, { ...read, parameters, template, prefix: `${prefix}/optimize` });
      if (!REPORTS.has(path)) return failureFor(request, "Page not found", 404, "not_found", "There is no such page.");
      return answerReport(request, template, { ...read, parameters, prefix }, env, ctx);
    },
  };
}

/** Return the path under which the worker is published, or "" for a request outside of it. @param {URL} url @param {string} type */
export function prefixOf(url, type) {
  const prefix = `/elite/${type}`;
  return url.pathname === prefix || url.pathname.startsWith(`${prefix}/`) ? prefix : "";
}

/**
 * @param {Request} request
 * @param {EliteTemplate} template
 * @param {Asked & {prefix: string}} asked
 * @param {EliteEnv} env
 * @param {ExecutionContext} ctx
 */
async function answerReport(request, template, asked, env, ctx) {
  try {
    const report = await withTrend(await makeReport(template, asked), env.HISTORY, ctx);
    return asksHtml(request) ? reportPage(report, template.title, asked.prefix) : json(200, report, { Vary: "Accept" });
  } catch (error) {
    const reason = fetchProblem(error, TIMEOUT_MS);
    const details = { site: asked.site.href, reason };
    const message = `${asked.site.href} could not be read: ${reason}.`;
    return failureFor(request, "The site does not answer", 502, "site_unreachable", message, details);
  }
}

/** @param {Request} request */
function asksHtml(request) {
  const path = new URL(request.url).pathname;
  if (path.endsWith(".json")) return false;
  return path.endsWith(".html") || (request.headers.get("Accept") ?? "").includes("text/html");
}

/** @typedef {{site: URL, bounds: {depth: number, pages: number}, optimizations: string[], parameters: Record<string, any>}} Asked */

/** @param {EliteTemplate} template @param {Asked} asked @returns {Promise<import("../types.d.ts").Report>} */
async function makeReport(template, { site, bounds, optimizations, parameters }) {
  const about = { type: template.type, site: site.href, fetchedAt: new Date().toISOString() };
  /** @type {import("../types.d.ts").Page[]} */
  let pages;
  try {
    pages = await crawl(site, bounds, template.assets);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const found = [finding(UNREADABLE[error.id], [{ header: "Location", detail: error.detail }], [])];
    return { ...about, finalUrl: error.url, status: error.status, ...judged(found), pages: [] };
  }
  const [first] = pages;
  const known = { ...about, finalUrl: first.url, status: first.status };
  const listed = pages.map(({ url, status, bytes }) => ({ url, status, bytes }));
  if (!first.isHtml) {
    const { contentType } = first;
    const found = [finding(UNREADABLE.not_html, [{ header: "Content-Type", detail: contentType }], [])];
    return { ...known, contentType, ...judged(found), pages: listed };
  }
  for (const page of pages) template.prepare?.(page);
  const context = { site, parameters };
  const sound = pages.filter((page) => page === first || (page.isHtml && page.status < 400));
  const access = findings(ACCESS, pages, context, optimizations);
  const found = bySeverity([...access, ...findings(template.audits, sound, context, optimizations)]);
  return { ...known, ...judged(found), pages: listed, optimizations, ...template.facts?.(first) };
}

/** @param {Finding[]} found */
function judged(found) {
  return { score: score(found), summary: summary(found), findings: found };
}

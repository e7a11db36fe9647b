/** Stores the scores of the last runs in KV for the trend. Without the binding, or if KV fails, there is no trend. */
import { messageOf } from "../errors.js";

/** @typedef {import("../types.d.ts").Run} Run */
/** @typedef {import("../types.d.ts").Report} Report */

const KEPT = 30;
const LEAST_MS = 60_000; // between two runs with the same score; KV allows one write per second and key

/** @param {string} type @param {string} site */
function keyOf(type, site) {
  return `report:${type}:${site.slice(0, 400)}`;
}

/**
 * Add a run, and return the runs, oldest first, and whether they need to be written.
 * @param {Run[]} runs
 * @param {Run} run
 */
export function withRun(runs, run) {
  const last = runs.at(-1);
  const same =
    last && ["score", "error", "warning", "info"].every((key) => Reflect.get(last, key) === Reflect.get(run, key));
  if (same && Date.parse(run.at) - Date.parse(last.at) < LEAST_MS) return { runs, changed: false };
  return { runs: [...runs, run].slice(-KEPT), changed: true };
}

/** @param {unknown} value @returns {Run[]} */
export function validRuns(value) {
  if (!Array.isArray(value)) return [];
  return value.filter((run) => Number.isFinite(run?.score) && !Number.isNaN(Date.parse(run?.at)));
}

/**
 * Return the report with its trend.
 * @param {Report} report
 * @param {KVNamespace | undefined} history
 * @param {ExecutionContext} ctx
 * @returns {Promise<Report>}
 */
export async function withTrend(report, history, ctx) {
  if (!history) return report;
  const key = keyOf(report.type, report.site);
  try {
    const before = validRuns(await history.get(key, "json"));
    const { runs, changed } = withRun(before, { at: report.fetchedAt, score: report.score, ...report.summary });
    if (changed) ctx.waitUntil(history.put(key, JSON.stringify(runs)).catch(complain));
    return { ...report, trend: runs };
  } catch (error) {
    complain(error);
    return report;
  }
}

/** @param {any} error */
function complain(error) {
  console.error("the trend is lost:", messageOf(error));
}

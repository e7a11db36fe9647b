// Runs a template on the CONFIG that a request brings along, and keeps the data points that it writes.
import template from "template.js";

const SETTINGS = ["Harness-Config", "Harness-Analytics", "Harness-Secrets", "Harness-Paywall", "Harness-History"];
let written = [];
const runs = new Map();

/** KV as far as a history needs it; "broken" fails at everything. */
const HISTORIES = {
  kept: {
    get: async (key) => JSON.parse(runs.get(key) ?? "null"),
    put: async (key, value) => void runs.set(key, value),
  },
  broken: {
    get: async () => Promise.reject(new Error("no KV today")),
  },
};

const dataset = {
  writeDataPoint(point) {
    written.push(point);
  },
};

const brokenDataset = {
  writeDataPoint() {
    throw new Error("no analytics today");
  },
};

/** A paywall's service: answers with a status and a cookie that holds what it was asked, or "throws", or "hangs". */
async function judge(behaviour, { body, signal }) {
  if (behaviour === "throws") throw new Error("no paywall today");
  if (behaviour === "hangs") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const headers = { "Set-Cookie": `asked=${encodeURIComponent(body)}` };
  return new Response("ignored", { status: Number(behaviour), headers });
}

/** Harness-Analytics: broken, missing; else it works. Harness-History: kept, broken; else it is missing. */
function bindings([config, analytics, secrets, paywall, history]) {
  const env = { ...(config && { CONFIG: JSON.parse(config) }), ...(secrets && JSON.parse(secrets)) };
  if (analytics !== "missing") env.ANALYTICS = analytics === "broken" ? brokenDataset : dataset;
  if (paywall) env.PAYWALL = { fetch: (url, init) => judge(paywall, init) };
  if (history) env.HISTORY = HISTORIES[history];
  return env;
}

export default {
  fetch(request, env, ctx) {
    const headers = new Headers(request.headers);
    const settings = SETTINGS.map((name) => headers.get(name));
    for (const name of SETTINGS) headers.delete(name);
    return template.fetch(new Request(request, { headers }), bindings(settings), ctx);
  },
};

/** Tells the data points, and forgets them. */
export const points = {
  fetch() {
    const told = written;
    written = [];
    return Response.json(told);
  },
};

// Runs a template on the CONFIG that a request brings along, and keeps the data points that it writes.
import template from "template.js";

const SETTINGS = ["Harness-Config", "Harness-Analytics", "Harness-Secrets"];
let written = [];

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

/** Harness-Analytics: broken, missing; else it works. */
function bindings([config, analytics, secrets]) {
  const env = { ...(config && { CONFIG: JSON.parse(config) }), ...(secrets && JSON.parse(secrets)) };
  if (analytics !== "missing") env.ANALYTICS = analytics === "broken" ? brokenDataset : dataset;
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

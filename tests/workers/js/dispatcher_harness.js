// Runs the dispatcher on bindings that a test programs through the `control` entrypoint.
import dispatcher from "dispatcher.js";

let state = {};
let calls = [];
let points = [];
let reads = [];

const bindings = (env) => ({
  ENVIRONMENT: "test",
  WORKER_METADATA: {
    async get(key, options) {
      reads.push({ key, options });
      if (state.kvFailures > 0) {
        state.kvFailures -= 1;
        throw new Error("KV GET failed: 500");
      }
      const value = state.entries[key];
      return value === undefined ? null : JSON.parse(value);
    },
  },
  WORKERS_ANALYTICS: {
    writeDataPoint(point) {
      if (state.analytics === "broken") throw new Error("no analytics today");
      points.push(point);
    },
  },
  DISPATCHER: {
    get(name, args, options) {
      calls.push({ name, args, options });
      const missing = !state.scripts.includes(name);
      if (missing && state.missingThrownBy === "get") throw new Error("Worker not found.");
      return {
        async fetch(request) {
          if (missing) throw new Error("Worker not found.");
          return env.USER.fetch(request);
        },
      };
    },
  },
});

export default {
  fetch: (request, env, ctx) => dispatcher.fetch(request, bindings(env), ctx),
};

export const control = {
  async fetch(request) {
    if (request.method === "PUT") {
      state = await request.json();
      [calls, points, reads] = [[], [], []];
    }
    return Response.json({ calls, points, reads });
  },
};

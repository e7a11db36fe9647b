// The platform Workers' bindings, programmed by a test through the `control` entrypoint.
let state = {};
let calls = [];
let points = [];
let reads = [];

/** Record a KV read; fail as often as the test says. */
function read(key, options) {
  reads.push({ key, options });
  if (state.kvFailures > 0) {
    state.kvFailures -= 1;
    throw new Error("KV GET failed: 500");
  }
}

/** The entry of a key, as JSON. */
function entry(key) {
  const value = state.entries[key];
  return value === undefined ? null : JSON.parse(value);
}

/** A binding to the dispatch namespace; `env.USER` is the service that stands in for every existing script. */
const namespace = (binding, env) => ({
  get(name, args, options) {
    calls.push({ binding, name, args, options });
    const missing = !state.scripts.includes(name);
    if (missing && state.missingThrownBy === "get") throw new Error("Worker not found.");
    return {
      async fetch(request) {
        if (missing && state.missingThrownBy === "reading") await request.text();
        if (missing) throw new Error("Worker not found.");
        return env.USER.fetch(request);
      },
    };
  },
});

/** `state.namespaces`: the bindings to the dispatch namespace that there are. */
export const bindings = (env) => ({
  ENVIRONMENT: "test",
  PROBE_KEY: env.PROBE_KEY,
  PARENT_DOMAIN_COOKIES: state.parentDomainCookies,
  ...Object.fromEntries((state.namespaces ?? ["DISPATCHER"]).map((name) => [name, namespace(name, env)])),
  WORKER_METADATA: {
    async get(key, options) {
      read(key, options);
      return Array.isArray(key) ? new Map(key.map((one) => [one, entry(one)])) : entry(key);
    },
    async getWithMetadata(key, options) {
      read(key, options);
      return { value: null, metadata: state.metadata?.[key] ?? null };
    },
  },
  WORKERS_ANALYTICS: {
    writeDataPoint(point) {
      if (state.analytics === "broken") throw new Error("no analytics today");
      points.push(point);
    },
  },
});

export const control = {
  async fetch(request) {
    if (request.method === "PUT") {
      state = await request.json();
      [calls, points, reads] = [[], [], []];
    }
    return Response.json({ calls, points, reads });
  },
};

// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as w } from "cloudflare:workers";

// src/errors.js
function v(t) {
  return String(t?.message ?? t);
}
function h(t) {
  return v(t).startsWith("Worker not found");
}
function l(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/routing.js
var A = 30;
function p(t) {
  const { hash: e, instances: r = 0, limits: o, canary: n } = t ?? {};
  const [s, i, a] = Array.isArray(n) ? n : [];
  return T(
    { hash: e, instances: r },
    { hash: s, instances: i, weight: a },
    Array.isArray(o) ? S(o) : null
  );
}
function T(t, e, r) {
  if (!y(t)) return null;
  const { hash: o, instances: n } = t;
  return { stable: { hash: o, instances: n }, canary: E(e), limits: r };
}
function E(t) {
  if (!y(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function S([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function y({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function m(t) {
  try {
    return await t({ cacheTtl: A });
  } catch (e) {
    if (e instanceof SyntaxError) throw e;
    return t({});
  }
}
async function g(t, e, { pinned: r = null, onCall: o = () => {
} } = {}) {
  const { instances: n } = t.serving.stable;
  const s = r ?? d(n);
  o(s);
  try {
    return await f(t, e, s);
  } catch (a) {
    if (!h(a) || r !== null || n === 1 || e.bodyUsed) throw a;
  }
  const i = (s + 1 + d(n - 1)) % n;
  o(i);
  return f(t, e, i);
}
async function f({ namespace: t, script: e, serving: { stable: r, limits: o } }, n, s) {
  const i = `${e}--${r.hash}--${s}`;
  return t.get(i, {}, o ? { limits: o } : {}).fetch(n);
}
function d(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function O(t, e = t) {
  class r extends w {
    async fetch(n) {
      const { DISPATCHER: s, WORKER_METADATA: i } = (
        this.env
      );
      const a = `worker:${t}`;
      const { metadata: b } = await m((x) => i.getWithMetadata(a, x));
      const c = p(b);
      if (!c) return u("worker_unavailable", "The service is not available at the moment.");
      if (c.stable.instances === 0) return u("parked", "The service is paused.");
      return g({ namespace: s, script: e, serving: c }, n);
    }
  }
  Object.setPrototypeOf(r.prototype, C);
  return r;
}
var k = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var C = new Proxy(w.prototype, {
  get(t, e, r) {
    if (typeof e !== "string" || e in t || k.has(e)) return Reflect.get(t, e, r);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${e}() cannot be called by RPC.`);
    };
  }
});
function u(t, e) {
  const r = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": t,
    "Retry-After": "10"
  };
  return new Response(l(t, e), { status: 503, headers: r });
}
var $ = {
  fetch() {
    return u("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  $ as default,
  O as leadsTo
};

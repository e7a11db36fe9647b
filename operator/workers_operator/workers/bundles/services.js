// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as v } from "cloudflare:workers";

// src/errors.js
function A(t) {
  return String(t?.message ?? t);
}
function h(t) {
  return A(t).startsWith("Worker not found");
}
function d(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/routing.js
var T = 30;
function m(t) {
  const { hash: e, instances: r = 0, limits: o, canary: n, egress: s = null } = t ?? {};
  const [a, i, c] = Array.isArray(n) ? n : [];
  return S(
    { hash: e, instances: r },
    { hash: a, instances: i, weight: c },
    Array.isArray(o) ? E(o) : null,
    s
  );
}
function S(t, e, r, o) {
  if (!w(t) || o !== null && !Array.isArray(o)) return null;
  const { hash: n, instances: s } = t;
  return { stable: { hash: n, instances: s }, canary: k(e), limits: r, egress: o };
}
function k(t) {
  if (!w(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function E([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function w({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function g(t) {
  try {
    return await t({ cacheTtl: T });
  } catch (e) {
    if (e instanceof SyntaxError) throw e;
    return t({});
  }
}
function b({ egress: t }, { DISPATCHER: e, CONFINED: r }) {
  const o = t !== null || !e;
  const n = o ? r : e;
  return n ? { namespace: n, confined: o } : null;
}
async function x(t, e, { pinned: r = null, onCall: o = () => {
} } = {}) {
  const { instances: n } = t.serving.stable;
  const s = r ?? p(n);
  o(s);
  try {
    return await y(t, e, s);
  } catch (i) {
    if (!h(i) || r !== null || n === 1 || e.bodyUsed) throw i;
  }
  const a = (s + 1 + p(n - 1)) % n;
  o(a);
  return y(t, e, a);
}
async function y({ namespace: t, confined: e, script: r, serving: o }, n, s) {
  const { stable: a, limits: i, egress: c } = o;
  const u = `${r}--${a.hash}--${s}`;
  const l = { ...i && { limits: i }, ...e && { outbound: { allow: JSON.stringify(c) } } };
  return t.get(u, {}, l).fetch(n);
}
function p(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function $(t, e = t) {
  class r extends v {
    async fetch(n) {
      const s = (
        this.env
      );
      const a = `worker:${t}`;
      const { metadata: i } = await g((l) => s.WORKER_METADATA.getWithMetadata(a, l));
      const c = m(i);
      const u = c && b(c, s);
      if (!u) return f("worker_unavailable", "The service is not available at the moment.");
      if (c.stable.instances === 0) return f("parked", "The service is paused.");
      return x({ ...u, script: e, serving: c }, n);
    }
  }
  Object.setPrototypeOf(r.prototype, C);
  return r;
}
var M = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var C = new Proxy(v.prototype, {
  get(t, e, r) {
    if (typeof e !== "string" || e in t || M.has(e)) return Reflect.get(t, e, r);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${e}() cannot be called by RPC.`);
    };
  }
});
function f(t, e) {
  const r = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": t,
    "Retry-After": "10"
  };
  return new Response(d(t, e), { status: 503, headers: r });
}
var I = {
  fetch() {
    return f("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  I as default,
  $ as leadsTo
};

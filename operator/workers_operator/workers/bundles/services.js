// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as A } from "cloudflare:workers";

// src/errors.js
function T(t) {
  return String(t?.message ?? t);
}
function h(t) {
  return T(t).startsWith("Worker not found");
}
function d(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/routing.js
var S = 30;
function m(t) {
  const { hash: e, instances: n = 0, limits: r, canary: o, egress: s = null, out: i } = t ?? {};
  const [a, c, u] = Array.isArray(o) ? o : [];
  return k(
    { hash: e, instances: n, out: i },
    { hash: a, instances: c, weight: u },
    Array.isArray(r) ? M(r) : null,
    s
  );
}
function k(t, e, n, r) {
  if (!g(t) || r !== null && !Array.isArray(r)) return null;
  const { hash: o, instances: s, out: i } = t;
  const a = Array.isArray(i) && i.length > 0 ? { hash: o, instances: s, out: i } : { hash: o, instances: s };
  return { stable: a, canary: E(e), limits: n, egress: r };
}
function E(t) {
  if (!g(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function M([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function g({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function w(t) {
  try {
    return await t({ cacheTtl: S });
  } catch (e) {
    if (e instanceof SyntaxError) throw e;
    return t({});
  }
}
function b({ egress: t }, { DISPATCHER: e, CONFINED: n }) {
  const r = t !== null || !e;
  const o = r ? n : e;
  return o ? { namespace: o, confined: r } : null;
}
async function x(t, e, { pinned: n = null, onCall: r = () => {
} } = {}) {
  const o = C(t.serving.stable);
  const s = n ?? o[p(o.length)];
  r(s);
  try {
    return await y(t, e, s);
  } catch (c) {
    if (!h(c) || n !== null || o.length === 1 || e.bodyUsed) throw c;
  }
  const i = o.filter((c) => c !== s);
  const a = i[p(i.length)];
  r(a);
  return y(t, e, a);
}
async function y({ namespace: t, confined: e, script: n, serving: r }, o, s) {
  const { stable: i, limits: a, egress: c } = r;
  const u = `${n}--${i.hash}--${s}`;
  const l = { ...a && { limits: a }, ...e && { outbound: { allow: JSON.stringify(c) } } };
  return t.get(u, {}, l).fetch(o);
}
function C({ instances: t, out: e = [] }) {
  const n = Array.from({ length: t }, (o, s) => s);
  const r = n.filter((o) => !e.includes(o));
  return r.length > 0 ? r : n;
}
function p(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function J(t, e, n) {
  class r extends A {
    async fetch(s) {
      const i = (
        this.env
      );
      const a = `worker:${t}`;
      const { metadata: c } = await w((v) => i.WORKER_METADATA.getWithMetadata(a, v));
      const u = m(c);
      const l = u && c.uid === n && b(u, i);
      if (!u || !l) return f("worker_unavailable", "The service is not available at the moment.");
      if (u.stable.instances === 0) return f("parked", "The service is paused.");
      return x({ ...l, script: e, serving: u }, s);
    }
  }
  Object.setPrototypeOf(r.prototype, W);
  return r;
}
var R = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var W = new Proxy(A.prototype, {
  get(t, e, n) {
    if (typeof e !== "string" || e in t || R.has(e)) return Reflect.get(t, e, n);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${e}() cannot be called by RPC.`);
    };
  }
});
function f(t, e) {
  const n = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": t,
    "Retry-After": "10"
  };
  return new Response(d(t, e), { status: 503, headers: n });
}
var K = {
  fetch() {
    return f("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  K as default,
  J as leadsTo
};

// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as v } from "cloudflare:workers";

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
  const { hash: e, instances: n = 0, limits: r, canary: o, egress: s = null } = t ?? {};
  const [i, a, u] = Array.isArray(o) ? o : [];
  return k(
    { hash: e, instances: n },
    { hash: i, instances: a, weight: u },
    Array.isArray(r) ? M(r) : null,
    s
  );
}
function k(t, e, n, r) {
  if (!w(t) || r !== null && !Array.isArray(r)) return null;
  const { hash: o, instances: s } = t;
  return { stable: { hash: o, instances: s }, canary: E(e), limits: n, egress: r };
}
function E(t) {
  if (!w(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function M([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function w({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function g(t) {
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
  const { instances: o } = t.serving.stable;
  const s = n ?? p(o);
  r(s);
  try {
    return await y(t, e, s);
  } catch (a) {
    if (!h(a) || n !== null || o === 1 || e.bodyUsed) throw a;
  }
  const i = (s + 1 + p(o - 1)) % o;
  r(i);
  return y(t, e, i);
}
async function y({ namespace: t, confined: e, script: n, serving: r }, o, s) {
  const { stable: i, limits: a, egress: u } = r;
  const c = `${n}--${i.hash}--${s}`;
  const l = { ...a && { limits: a }, ...e && { outbound: { allow: JSON.stringify(u) } } };
  return t.get(c, {}, l).fetch(o);
}
function p(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function I(t, e, n) {
  class r extends v {
    async fetch(s) {
      const i = (
        this.env
      );
      const a = `worker:${t}`;
      const { metadata: u } = await g((A) => i.WORKER_METADATA.getWithMetadata(a, A));
      const c = m(u);
      const l = c && u.uid === n && b(c, i);
      if (!c || !l) return f("worker_unavailable", "The service is not available at the moment.");
      if (c.stable.instances === 0) return f("parked", "The service is paused.");
      return x({ ...l, script: e, serving: c }, s);
    }
  }
  Object.setPrototypeOf(r.prototype, R);
  return r;
}
var C = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var R = new Proxy(v.prototype, {
  get(t, e, n) {
    if (typeof e !== "string" || e in t || C.has(e)) return Reflect.get(t, e, n);
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
var J = {
  fetch() {
    return f("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  J as default,
  I as leadsTo
};

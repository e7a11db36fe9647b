// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as b } from "cloudflare:workers";

// src/errors.js
function A(t) {
  return String(t?.message ?? t);
}
function l(t) {
  return A(t).startsWith("Worker not found");
}
function f(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/routing.js
var T = 30;
function y(t) {
  const { hash: e, instances: r = 0, limits: n, canary: o } = t ?? {};
  const [s, i, a] = Array.isArray(o) ? o : [];
  return E(
    { hash: e, instances: r },
    { hash: s, instances: i, weight: a },
    Array.isArray(n) ? k(n) : null
  );
}
function E(t, e, r) {
  if (!m(t)) return null;
  const { hash: n, instances: o } = t;
  return { stable: { hash: n, instances: o }, canary: S(e), limits: r };
}
function S(t) {
  if (!m(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function k([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function m({ hash: t, instances: e }) {
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
async function w(t, e, { pinned: r = null, onCall: n = () => {
} } = {}) {
  const { instances: o } = t.serving.stable;
  const s = r ?? p(o);
  n(s);
  try {
    return await d(t, e, s);
  } catch (a) {
    if (!l(a) || r !== null || o === 1 || e.bodyUsed) throw a;
  }
  const i = (s + 1 + p(o - 1)) % o;
  n(i);
  return d(t, e, i);
}
async function d({ namespace: t, script: e, serving: { stable: r, limits: n } }, o, s) {
  const i = `${e}--${r.hash}--${s}`;
  return t.get(i, {}, n ? { limits: n } : {}).fetch(o);
}
function p(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function O(t, e, r) {
  class n extends b {
    async fetch(s) {
      const { DISPATCHER: i, WORKER_METADATA: a } = (
        this.env
      );
      const x = `worker:${t}`;
      const { metadata: h } = await g((v) => a.getWithMetadata(x, v));
      const c = y(h);
      if (!c || h.uid !== r)
        return u("worker_unavailable", "The service is not available at the moment.");
      if (c.stable.instances === 0) return u("parked", "The service is paused.");
      return w({ namespace: i, script: e, serving: c }, s);
    }
  }
  Object.setPrototypeOf(n.prototype, M);
  return n;
}
var C = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var M = new Proxy(b.prototype, {
  get(t, e, r) {
    if (typeof e !== "string" || e in t || C.has(e)) return Reflect.get(t, e, r);
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
  return new Response(f(t, e), { status: 503, headers: r });
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

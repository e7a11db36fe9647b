// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as A } from "cloudflare:workers";

// src/errors.js
function w(r) {
  return String(r?.message ?? r);
}
function u(r) {
  return w(r).startsWith("Worker not found");
}
function f(r, t) {
  return JSON.stringify({ error: { code: r, message: t } });
}

// src/routing.js
var b = 30;
function l(r) {
  const { hash: t, instances: n = 0, limits: o, canary: e } = r ?? {};
  const [s, i, a] = Array.isArray(e) ? e : [];
  return x(
    { hash: t, instances: n },
    { hash: s, instances: i, weight: a },
    Array.isArray(o) ? T(o) : null
  );
}
function x(r, t, n) {
  if (!m(r)) return null;
  const { hash: o, instances: e } = r;
  return { stable: { hash: o, instances: e }, canary: v(t), limits: n };
}
function v(r) {
  if (!m(r) || !("weight" in r && Number.isFinite(r.weight))) return null;
  return { hash: r.hash, instances: r.instances, weight: Number(r.weight) };
}
function T([r, t]) {
  return { ...r && { cpuMs: r }, ...t && { subRequests: t } };
}
function m({ hash: r, instances: t }) {
  return typeof r === "string" && r !== "" && Number.isInteger(t) && t >= 0;
}
async function p(r) {
  try {
    return await r({ cacheTtl: b });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return r({});
  }
}
async function y(r, t, { pinned: n = null, onCall: o = () => {
} } = {}) {
  const { instances: e } = r.serving.stable;
  const s = n ?? d(e);
  o(s);
  try {
    return await h(r, t, s);
  } catch (a) {
    if (!u(a) || n !== null || e === 1 || t.bodyUsed) throw a;
  }
  const i = (s + 1 + d(e - 1)) % e;
  o(i);
  return h(r, t, i);
}
async function h({ namespace: r, script: t, serving: { stable: n, limits: o } }, e, s) {
  const i = `${t}--${n.hash}--${s}`;
  return r.get(i, {}, o ? { limits: o } : {}).fetch(e);
}
function d(r) {
  return Math.floor(Math.random() * r);
}

// src/services.js
function I(r, t = r) {
  return class extends A {
    async fetch(n) {
      const { DISPATCHER: o, WORKER_METADATA: e } = (
        this.env
      );
      const s = `worker:${r}`;
      const { metadata: i } = await p((g) => e.getWithMetadata(s, g));
      const a = l(i);
      if (!a) return c("worker_unavailable", "The service is not available at the moment.");
      if (a.stable.instances === 0) return c("parked", "The service is paused.");
      return y({ namespace: o, script: t, serving: a }, n);
    }
  };
}
function c(r, t) {
  const n = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": r,
    "Retry-After": "10"
  };
  return new Response(f(r, t), { status: 503, headers: n });
}
var _ = {
  fetch() {
    return c("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  _ as default,
  I as leadsTo
};

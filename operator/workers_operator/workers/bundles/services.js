// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as E } from "cloudflare:workers";

// src/errors.js
function T(t) {
  return String(t?.message ?? t);
}
function y(t) {
  return T(t).startsWith("Worker not found");
}
function g(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/versions.js
var N = "Cloudflare-Workers-Version-Key";
var W = "Code24-Rollout";
var d = 1e4;
function w(t, e) {
  const n = t.headers.get(N);
  if (n) return { place: _(`${e} ${n}`) % d, isNew: false };
  const r = R(t.headers.get("Cookie") ?? "", `${W}-${e}=`);
  if (r !== null) return { place: r, isNew: false };
  return { place: Math.floor(Math.random() * d), isNew: true };
}
function x({ place: t }, e) {
  return t < e * d / 100;
}
function R(t, e) {
  const n = t.split(";").find((o) => o.trim().startsWith(e));
  const r = n?.trim().slice(e.length) ?? "";
  return /^\d{1,4}$/.test(r) ? Number(r) : null;
}
function _(t) {
  let e = 2166136261;
  for (let n = 0; n < t.length; n++) {
    e = Math.imul(e ^ t.charCodeAt(n), 16777619);
  }
  e = Math.imul(e ^ e >>> 16, 2246822507);
  e = Math.imul(e ^ e >>> 13, 3266489909);
  return (e ^ e >>> 16) >>> 0;
}

// src/routing.js
var K = 30;
function C(t) {
  const { hash: e, instances: n = 0, limits: r, canary: o, egress: s = null, out: a } = t ?? {};
  const [c, l, i] = Array.isArray(o) ? o : [];
  return L(
    { hash: e, instances: n, out: a },
    { hash: c, instances: l, weight: i },
    Array.isArray(r) ? P(r) : null,
    s
  );
}
function L(t, e, n, r) {
  if (!S(t) || r !== null && !Array.isArray(r)) return null;
  const { hash: o, instances: s, out: a } = t;
  const c = Array.isArray(a) && a.length > 0 ? { hash: o, instances: s, out: a } : { hash: o, instances: s };
  return { stable: c, canary: I(e), limits: n, egress: r };
}
function I(t) {
  if (!S(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  if (t.instances === 0) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function P([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function S({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function $(t) {
  try {
    return await t({ cacheTtl: K });
  } catch (e) {
    if (e instanceof SyntaxError) throw e;
    return t({});
  }
}
function k({ egress: t }, { DISPATCHER: e, CONFINED: n }) {
  const r = t !== null || !e;
  const o = r ? n : e;
  return o ? { namespace: o, confined: r } : null;
}
async function M(t, e, { pinned: n = null, client: r = null, onCall: o = () => {
} } = {}) {
  const { stable: s, canary: a } = t.serving;
  const c = n === null && a !== null && r !== null && x(r, a.weight);
  const l = c ? a : s;
  const i = A(l);
  const u = n ?? i[v(i.length)];
  o({ version: l.hash, instance: u });
  try {
    return await b(t, e, l.hash, u);
  } catch (h) {
    if (!y(h) || n !== null || e.bodyUsed) throw h;
    const f = c ? A(s) : i.filter((O) => O !== u);
    if (f.length === 0) throw h;
    const m = f[v(f.length)];
    o({ version: s.hash, instance: m });
    return b(t, e, s.hash, m);
  }
}
async function b({ namespace: t, confined: e, script: n, serving: r }, o, s, a) {
  const { limits: c, egress: l } = r;
  const i = `${n}--${s}--${a}`;
  const u = { ...c && { limits: c }, ...e && { outbound: { allow: JSON.stringify(l) } } };
  return t.get(i, {}, u).fetch(o);
}
function A({ instances: t, out: e = [] }) {
  const n = Array.from({ length: t }, (o, s) => s);
  const r = n.filter((o) => !e.includes(o));
  return r.length > 0 ? r : n;
}
function v(t) {
  return Math.floor(Math.random() * t);
}

// src/services.js
function Q(t, e, n) {
  class r extends E {
    async fetch(s) {
      const a = (
        this.env
      );
      const c = `worker:${t}`;
      const { metadata: l } = await $((f) => a.WORKER_METADATA.getWithMetadata(c, f));
      const i = C(l);
      const u = i && l.uid === n && k(i, a);
      if (!i || !u) return p("worker_unavailable", "The service is not available at the moment.");
      if (i.stable.instances === 0) return p("parked", "The service is paused.");
      const h = i.canary && w(s, i.canary.hash);
      return M({ ...u, script: e, serving: i }, s, { client: h });
    }
  }
  Object.setPrototypeOf(r.prototype, H);
  return r;
}
var J = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var H = new Proxy(E.prototype, {
  get(t, e, n) {
    if (typeof e !== "string" || e in t || J.has(e)) return Reflect.get(t, e, n);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${e}() cannot be called by RPC.`);
    };
  }
});
function p(t, e) {
  const n = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": t,
    "Retry-After": "10"
  };
  return new Response(g(t, e), { status: 503, headers: n });
}
var X = {
  fetch() {
    return p("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  X as default,
  Q as leadsTo
};

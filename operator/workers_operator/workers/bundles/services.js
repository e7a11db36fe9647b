// Generated from src/services.js by `make bundles`. Do not edit.
// src/services.js
import { WorkerEntrypoint as W } from "cloudflare:workers";

// src/errors.js
function K(t) {
  return String(t?.message ?? t);
}
function w(t) {
  return K(t).startsWith("Worker not found");
}
function C(t, e) {
  return JSON.stringify({ error: { code: t, message: e } });
}

// src/versions.js
var _ = "Cloudflare-Workers-Version-Key";
var L = "Code24-Rollout";
var p = 1e4;
function k(t, e) {
  const r = t.headers.get(_);
  if (r) return { place: m(`${e} ${r}`) % p, isNew: false };
  const n = P(t.headers.get("Cookie") ?? "", `${L}-${e}=`);
  if (n !== null) return { place: n, isNew: false };
  return { place: Math.floor(Math.random() * p), isNew: true };
}
function $({ place: t }, e) {
  return t < e * p / 100;
}
function P(t, e) {
  const r = t.split(";").find((o) => o.trim().startsWith(e));
  const n = r?.trim().slice(e.length) ?? "";
  return /^\d{1,4}$/.test(n) ? Number(n) : null;
}
function m(t) {
  let e = 2166136261;
  for (let r = 0; r < t.length; r++) {
    e = Math.imul(e ^ t.charCodeAt(r), 16777619);
  }
  e = Math.imul(e ^ e >>> 16, 2246822507);
  e = Math.imul(e ^ e >>> 13, 3266489909);
  return (e ^ e >>> 16) >>> 0;
}

// src/affinity.js
function A({ key: t }, e) {
  const r = (n) => m(`${n} ${t}`);
  return e.reduce((n, o) => r(o) > r(n) ? o : n);
}

// src/routing.js
var R = 30;
function E(t) {
  const { hash: e, instances: r = 0, limits: n, canary: o, egress: s = null, out: c } = t ?? {};
  const [a, l, i] = Array.isArray(o) ? o : [];
  return D(
    { hash: e, instances: r, out: c },
    { hash: a, instances: l, weight: i },
    Array.isArray(n) ? J(n) : null,
    s
  );
}
function D(t, e, r, n) {
  if (!v(t) || n !== null && !Array.isArray(n)) return null;
  const { hash: o, instances: s, out: c } = t;
  const a = Array.isArray(c) && c.length > 0 ? { hash: o, instances: s, out: c } : { hash: o, instances: s };
  return { stable: a, canary: H(e), limits: r, egress: n };
}
function H(t) {
  if (!v(t) || !("weight" in t && Number.isFinite(t.weight))) return null;
  if (t.instances === 0) return null;
  return { hash: t.hash, instances: t.instances, weight: Number(t.weight) };
}
function J([t, e]) {
  return { ...t && { cpuMs: t }, ...e && { subRequests: e } };
}
function v({ hash: t, instances: e }) {
  return typeof t === "string" && t !== "" && Number.isInteger(e) && e >= 0;
}
async function M(t) {
  try {
    return await t({ cacheTtl: R });
  } catch (e) {
    if (e instanceof SyntaxError) throw e;
    return t({});
  }
}
function N({ egress: t }, { DISPATCHER: e, CONFINED: r }) {
  const n = t !== null || !e;
  const o = n ? r : e;
  return o ? { namespace: o, confined: n } : null;
}
async function T(t, e, r = {}) {
  const { pinned: n = null, client: o = null, session: s = null, onCall: c = () => {
  } } = r;
  const { stable: a, canary: l } = t.serving;
  const i = n === null && l !== null && o !== null && $(o, l.weight);
  const u = i ? l : a;
  const h = S(u);
  const f = n ?? b(h, s);
  c({ version: u.hash, instance: f });
  try {
    return await O(t, e, u.hash, f);
  } catch (d) {
    if (!w(d) || n !== null || e.bodyUsed) throw d;
    const g = i ? S(a) : h.filter((I) => I !== f);
    if (g.length === 0) throw d;
    const x = b(g, s);
    c({ version: a.hash, instance: x });
    return O(t, e, a.hash, x);
  }
}
async function O({ namespace: t, confined: e, script: r, serving: n }, o, s, c) {
  const { limits: a, egress: l } = n;
  const i = `${r}--${s}--${c}`;
  const u = { ...a && { limits: a }, ...e && { outbound: { allow: JSON.stringify(l) } } };
  return t.get(i, {}, u).fetch(o);
}
function S({ instances: t, out: e = [] }) {
  const r = Array.from({ length: t }, (o, s) => s);
  const n = r.filter((o) => !e.includes(o));
  return n.length > 0 ? n : r;
}
function b(t, e) {
  return e ? A(e, t) : t[Math.floor(Math.random() * t.length)];
}

// src/services.js
function nt(t, e, r) {
  class n extends W {
    async fetch(s) {
      const c = (
        this.env
      );
      const a = `worker:${t}`;
      const { metadata: l } = await M((f) => c.WORKER_METADATA.getWithMetadata(a, f));
      const i = E(l);
      const u = i && l.uid === r && N(i, c);
      if (!i || !u) return y("worker_unavailable", "The service is not available at the moment.");
      if (i.stable.instances === 0) return y("parked", "The service is paused.");
      const h = i.canary && k(s, i.canary.hash);
      return T({ ...u, script: e, serving: i }, s, { client: h });
    }
  }
  Object.setPrototypeOf(n.prototype, U);
  return n;
}
var F = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));
var U = new Proxy(W.prototype, {
  get(t, e, r) {
    if (typeof e !== "string" || e in t || F.has(e)) return Reflect.get(t, e, r);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${e}() cannot be called by RPC.`);
    };
  }
});
function y(t, e) {
  const r = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": t,
    "Retry-After": "10"
  };
  return new Response(C(t, e), { status: 503, headers: r });
}
var rt = {
  fetch() {
    return y("worker_unavailable", "Services are called through bindings.");
  }
};
export {
  rt as default,
  nt as leadsTo
};

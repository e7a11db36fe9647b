// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/errors.js
var C = /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;
function l(e) {
  return String(e?.message ?? e);
}
function d(e) {
  return l(e).startsWith("Worker not found");
}
function h(e) {
  return C.test(l(e));
}
function g(e, t) {
  return JSON.stringify({ error: { code: e, message: t } });
}

// src/page.js
function p({ status: e, title: t, message: r, host: n }) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${m(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
body{background:light-dark(#f6f7f9,#14161a);color:light-dark(#1c2024,#e8eaed)}
main{max-width:30rem;margin:1rem;padding:2.5rem;border-radius:1rem}
main{background:light-dark(#fff,#1e2126);box-shadow:0 1px 3px #0002,0 8px 32px #0001}
p{margin:.5rem 0 0}h1{margin:0;font-size:1.5rem;line-height:1.25}
small{display:block;margin-top:1.5rem;opacity:.65;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${m(t)}</h1><p>${m(r)}</p>
<small>${e} · ${m(n)}</small></main></body></html>
`;
}
function m(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// src/routing.js
var E = 30;
function w({ stable: e, canary: t, limits: r }) {
  return $(e ?? {}, t ?? {}, r ?? null);
}
function $(e, t, r) {
  if (!_(e)) return null;
  const { hash: n, instances: o } = e;
  return { stable: { hash: n, instances: o }, canary: R(t), limits: r };
}
function R(e) {
  if (!_(e) || !("weight" in e && Number.isFinite(e.weight))) return null;
  return { hash: e.hash, instances: e.instances, weight: Number(e.weight) };
}
function _({ hash: e, instances: t }) {
  return typeof e === "string" && e !== "" && Number.isInteger(t) && t >= 0;
}
async function x(e) {
  try {
    return await e({ cacheTtl: E });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return e({});
  }
}
async function k(e, t, { pinned: r = null, onCall: n = () => {
} } = {}) {
  const { instances: o } = e.serving.stable;
  const s = r ?? b(o);
  n(s);
  try {
    return await y(e, t, s);
  } catch (i) {
    if (!d(i) || r !== null || o === 1 || t.bodyUsed) throw i;
  }
  const a = (s + 1 + b(o - 1)) % o;
  n(a);
  return y(e, t, a);
}
async function y({ namespace: e, script: t, serving: { stable: r, limits: n } }, o, s) {
  const a = `${t}--${r.hash}--${s}`;
  return e.get(a, {}, n ? { limits: n } : {}).fetch(o);
}
function b(e) {
  return Math.floor(Math.random() * e);
}

// src/routes.js
async function A(e, { host: t, path: r, query: n }) {
  const o = I(r);
  let s = false;
  for (const a of M(t)) {
    const i = await N(e, `host:${a}`);
    if (i === null) continue;
    if (!Array.isArray(i.routes)) return { problem: "bad_routing_entry" };
    s = true;
    const c = W(i.routes, o, n);
    if (c) return { route: c };
  }
  return { problem: s ? "no_route" : "unknown_host" };
}
function I(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const r = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(r) ? r : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function M(e) {
  const t = e.split(".");
  const r = t.slice(1, -1).map((n, o) => `*.${t.slice(o + 1).join(".")}`);
  return [e, ...r];
}
function N(e, t) {
  return x((r) => e.get(t, { type: "json", ...r }));
}
function W(e, t, r) {
  let n = null;
  let o = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const a = L(s.path, t, r);
    if (a > o) [n, o] = [s, a];
  }
  return n;
}
function L(e, t, r) {
  if (e.startsWith("=")) return t + r === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const o = e.slice(0, -1);
    return t.startsWith(o) ? o.length : -1;
  }
  const n = D(e);
  return n === "" || t === n || t.startsWith(`${n}/`) ? n.length : -1;
}
function D(e) {
  return e.endsWith("/") ? e.slice(0, -1) : e;
}

// src/dispatcher.js
var H = 96;
var O = {
  unknown_host: {
    status: 404,
    outcome: "unknown_host",
    title: "Site not found",
    message: "There is no site at this address."
  },
  no_route: {
    status: 404,
    outcome: "no_route",
    title: "Page not found",
    message: "Nothing is published under this path."
  },
  parked: {
    status: 503,
    outcome: "parked",
    title: "This site is paused",
    message: "This site is paused. Please come back later.",
    retryAfter: 60
  },
  worker_unavailable: {
    status: 503,
    outcome: "not_found",
    title: "Site unavailable",
    message: "This site is not available at the moment.",
    retryAfter: 10
  },
  worker_exception: {
    status: 500,
    outcome: "exception",
    title: "Something went wrong",
    message: "This site failed to answer the request."
  },
  worker_limit_exceeded: {
    status: 503,
    outcome: "limit",
    title: "Site overloaded",
    message: "This site needed more resources than it may use.",
    retryAfter: 10
  },
  bad_routing_entry: {
    status: 500,
    outcome: "routing_error",
    title: "Site misconfigured",
    message: "The routing entry of this site is malformed."
  },
  routing_unavailable: {
    status: 503,
    outcome: "routing_error",
    title: "Site unavailable",
    message: "The routing table cannot be read at the moment.",
    retryAfter: 5
  }
};
var re = {
  async fetch(e, t) {
    const r = Date.now();
    const n = new URL(e.url);
    const o = {
      request: e,
      path: n.pathname,
      query: n.search,
      host: n.hostname.replace(/\.$/, ""),
      route: null,
      instance: -1,
      outcome: "ok"
    };
    const s = await F(o, t);
    v(o, s.status, Date.now() - r, t);
    return s;
  }
};
async function F(e, t) {
  let r;
  try {
    r = await A(t.WORKER_METADATA, e);
  } catch (i) {
    return u(e, i instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", i);
  }
  if ("problem" in r) return u(e, r.problem);
  const { worker: n, script: o, customer: s = "" } = r.route;
  const a = w(r.route);
  if (!n || !o || !a) return u(e, "bad_routing_entry");
  e.route = { worker: n, script: o, customer: s, serving: a };
  if (a.stable.instances === 0) return u(e, "parked");
  return K(e, { namespace: t.DISPATCHER, script: o, serving: a });
}
async function K(e, t) {
  const r = V(e.request, t.serving.stable.instances);
  const n = (o) => {
    e.instance = o;
  };
  try {
    return q(e, await k(t, U(e.request), { pinned: r, onCall: n }));
  } catch (o) {
    return j(e, o);
  }
}
function q(e, t) {
  if (t.webSocket) return t;
  const r = new Response(t.body, t);
  r.headers.delete("Code24-Error");
  return S(e, r);
}
function U(e) {
  const t = new Headers(e.headers);
  t.delete("Code24-Instance");
  return new Request(e, { headers: t, redirect: "manual" });
}
function V(e, t) {
  const r = e.headers.get("Code24-Instance");
  return r !== null && /^\d{1,4}$/.test(r) && Number(r) < t ? Number(r) : null;
}
function j(e, t) {
  if (d(t)) return u(e, "worker_unavailable");
  return u(e, h(t) ? "worker_limit_exceeded" : "worker_exception");
}
function u(e, t, r) {
  const { status: n, outcome: o, title: s, message: a, retryAfter: i } = O[t];
  e.outcome = o;
  if (o === "routing_error") console.error(`${t}: host ${e.host}`, r ? l(r) : "");
  const c = (e.request.headers.get("Accept") ?? "").includes("text/html");
  const f = new Headers({
    "Content-Type": c ? "text/html; charset=utf-8" : "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Code24-Error": t,
    Vary: "Accept"
  });
  if (i) f.set("Retry-After", String(i));
  const T = c ? p({ status: n, title: s, message: a, host: e.host }) : g(t, a);
  return S(e, new Response(T, { status: n, headers: f }));
}
function S(e, t) {
  if (e.route) t.headers.set("Code24-Version", e.route.serving.stable.hash);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function v({ request: e, host: t, route: r, instance: n, outcome: o }, s, a, i) {
  try {
    const c = r?.worker ?? "";
    i.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [z(c, H)],
      blobs: [
        t,
        c,
        r?.serving.stable.hash ?? "",
        o,
        e.method,
        `${Math.floor(s / 100)}xx`,
        i.ENVIRONMENT ?? "",
        r?.customer ?? ""
      ],
      doubles: [s, a, n]
    });
  } catch (c) {
    console.error("data point lost:", l(c));
  }
}
function z(e, t) {
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  re as default
};

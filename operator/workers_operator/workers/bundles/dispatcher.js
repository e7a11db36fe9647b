// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/cookies.js
function g(e, t) {
  const n = e.getSetCookie();
  const r = n.map((o) => M(o, t));
  if (r.every((o, s) => o === n[s])) return;
  e.delete("Set-Cookie");
  for (const o of r) e.append("Set-Cookie", o);
}
function M(e, t) {
  const [n, ...r] = e.split(";");
  return [n, ...r.filter((o) => !I(o, t))].join(";");
}
function I(e, t) {
  const [n, ...r] = e.split("=");
  if (n.trim().toLowerCase() !== "domain") return false;
  const o = r.join("=").trim().toLowerCase().replace(/^\.+|\.+$/g, "");
  return o !== t && (`.${t}`.endsWith(`.${o}`) || /[^a-z0-9._-]/.test(o));
}

// src/errors.js
var N = /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;
function d(e) {
  return String(e?.message ?? e);
}
function m(e) {
  return d(e).startsWith("Worker not found");
}
function y(e) {
  return N.test(d(e));
}
function w(e, t) {
  return JSON.stringify({ error: { code: e, message: t } });
}

// src/page.js
function b({ status: e, title: t, message: n, host: r }) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${h(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
body{background:light-dark(#f6f7f9,#14161a);color:light-dark(#1c2024,#e8eaed)}
main{max-width:30rem;margin:1rem;padding:2.5rem;border-radius:1rem}
main{background:light-dark(#fff,#1e2126);box-shadow:0 1px 3px #0002,0 8px 32px #0001}
p{margin:.5rem 0 0}h1{margin:0;font-size:1.5rem;line-height:1.25}
small{display:block;margin-top:1.5rem;opacity:.65;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${h(t)}</h1><p>${h(n)}</p>
<small>${e} · ${h(r)}</small></main></body></html>
`;
}
function h(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// src/routing.js
var L = 30;
function x({ stable: e, canary: t, limits: n, egress: r }) {
  return R(e ?? {}, t ?? {}, n ?? null, r ?? null);
}
function R(e, t, n, r) {
  if (!A(e) || r !== null && !Array.isArray(r)) return null;
  const { hash: o, instances: s } = e;
  return { stable: { hash: o, instances: s }, canary: O(t), limits: n, egress: r };
}
function O(e) {
  if (!A(e) || !("weight" in e && Number.isFinite(e.weight))) return null;
  return { hash: e.hash, instances: e.instances, weight: Number(e.weight) };
}
function A({ hash: e, instances: t }) {
  return typeof e === "string" && e !== "" && Number.isInteger(t) && t >= 0;
}
async function p(e) {
  try {
    return await e({ cacheTtl: L });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return e({});
  }
}
function S({ egress: e }, { DISPATCHER: t, CONFINED: n }) {
  const r = e !== null || !t;
  const o = r ? n : t;
  return o ? { namespace: o, confined: r } : null;
}
async function C(e, t, { pinned: n = null, onCall: r = () => {
} } = {}) {
  const { instances: o } = e.serving.stable;
  const s = n ?? k(o);
  r(s);
  try {
    return await _(e, t, s);
  } catch (a) {
    if (!m(a) || n !== null || o === 1 || t.bodyUsed) throw a;
  }
  const i = (s + 1 + k(o - 1)) % o;
  r(i);
  return _(e, t, i);
}
async function _({ namespace: e, confined: t, script: n, serving: r }, o, s) {
  const { stable: i, limits: a, egress: c } = r;
  const l = `${n}--${i.hash}--${s}`;
  const u = { ...a && { limits: a }, ...t && { outbound: { allow: JSON.stringify(c) } } };
  return e.get(l, {}, u).fetch(o);
}
function k(e) {
  return Math.floor(Math.random() * e);
}

// src/routes.js
var W = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
var D = 253;
async function $(e, { host: t, path: n, query: r }) {
  if (t.length > D || !W.test(t)) return { problem: "unknown_host" };
  const o = j(n);
  const s = await p((u) => e.get(`host:${t}`, { type: "json", ...u }));
  const i = T([s], o, r);
  if ("route" in i || i.problem === "bad_routing_entry") return i;
  const a = H(t);
  if (a.length === 0) return i;
  const c = await p((u) => e.get(a, { type: "json", ...u }));
  const l = T(
    a.map((u) => c.get(u)),
    o,
    r
  );
  return "problem" in l && l.problem === "unknown_host" ? i : l;
}
function T(e, t, n) {
  let r = "unknown_host";
  for (const o of e) {
    if (o === null || o === void 0) continue;
    if (!Array.isArray(o.routes)) return { problem: "bad_routing_entry" };
    const s = K(o.routes, t, n);
    if (s) return { route: s };
    r = "no_route";
  }
  return { problem: r };
}
function j(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const n = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(n) ? n : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function H(e) {
  const t = e.split(".");
  return t.slice(1, -1).map((n, r) => `host:*.${t.slice(r + 1).join(".")}`);
}
function K(e, t, n) {
  let r = null;
  let o = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const i = F(s.path, t, n);
    if (i > o) [r, o] = [s, i];
  }
  return r;
}
function F(e, t, n) {
  if (e.startsWith("=")) return t + n === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const o = e.slice(0, -1);
    return t.startsWith(o) ? o.length : -1;
  }
  const r = z(e);
  return r === "" || t === r || t.startsWith(`${r}/`) ? r.length : -1;
}
function z(e) {
  return e.endsWith("/") ? e.slice(0, -1) : e;
}

// src/dispatcher.js
var J = 96;
var U = {
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
var le = {
  async fetch(e, t) {
    const n = Date.now();
    const r = new URL(e.url);
    const o = {
      request: e,
      path: r.pathname,
      query: r.search,
      host: r.hostname.replace(/\.$/, ""),
      route: null,
      instance: -1,
      outcome: "ok"
    };
    const s = await V(o, t);
    Y(o, s.status, Date.now() - n, t);
    return s;
  }
};
async function V(e, t) {
  let n;
  try {
    n = await $(t.WORKER_METADATA, e);
  } catch (c) {
    return f(e, c instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", c);
  }
  if ("problem" in n) return f(e, n.problem);
  const { worker: r, script: o, customer: s = "" } = n.route;
  const i = x(n.route);
  if (!r || !o || !i) return f(e, "bad_routing_entry");
  e.route = { worker: r, script: o, customer: s, serving: i };
  if (i.stable.instances === 0) return f(e, "parked");
  const a = S(i, t);
  if (!a) return f(e, "worker_unavailable");
  return X(e, { ...a, script: o, serving: i }, t);
}
async function X(e, t, n) {
  const r = v(e.request, t.serving.stable.instances);
  const o = (s) => {
    e.instance = s;
  };
  try {
    return q(e, await C(t, B(e.request), { pinned: r, onCall: o }), n);
  } catch (s) {
    return P(e, s);
  }
}
function q(e, t, n) {
  if (t.webSocket) return t;
  const r = new Response(t.body, t);
  r.headers.delete("Code24-Error");
  if (n.PARENT_DOMAIN_COOKIES !== "allow" && r.headers.has("Set-Cookie")) g(r.headers, e.host);
  return E(e, r);
}
function B(e) {
  const t = new Headers(e.headers);
  t.delete("Code24-Instance");
  return new Request(e, { headers: t, redirect: "manual" });
}
function v(e, t) {
  const n = e.headers.get("Code24-Instance");
  return n !== null && /^\d{1,4}$/.test(n) && Number(n) < t ? Number(n) : null;
}
function P(e, t) {
  if (m(t)) return f(e, "worker_unavailable");
  return f(e, y(t) ? "worker_limit_exceeded" : "worker_exception");
}
function f(e, t, n) {
  const { status: r, outcome: o, title: s, message: i, retryAfter: a } = U[t];
  e.outcome = o;
  if (o === "routing_error") console.error(`${t}: host ${e.host}`, n ? d(n) : "");
  const c = (e.request.headers.get("Accept") ?? "").includes("text/html");
  const l = new Headers({
    "Content-Type": c ? "text/html; charset=utf-8" : "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Code24-Error": t,
    Vary: "Accept"
  });
  if (a) l.set("Retry-After", String(a));
  const u = c ? b({ status: r, title: s, message: i, host: e.host }) : w(t, i);
  return E(e, new Response(u, { status: r, headers: l }));
}
function E(e, t) {
  if (e.route) t.headers.set("Code24-Version", e.route.serving.stable.hash);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function Y({ request: e, host: t, route: n, instance: r, outcome: o }, s, i, a) {
  try {
    const c = n?.worker ?? "";
    a.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [G(c, J)],
      blobs: [
        t,
        c,
        n?.serving.stable.hash ?? "",
        o,
        e.method,
        `${Math.floor(s / 100)}xx`,
        a.ENVIRONMENT ?? "",
        n?.customer ?? ""
      ],
      doubles: [s, i, r]
    });
  } catch (c) {
    console.error("data point lost:", d(c));
  }
}
function G(e, t) {
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  le as default
};

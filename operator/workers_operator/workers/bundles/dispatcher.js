// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/cookies.js
function g(e, t) {
  const r = e.getSetCookie();
  const n = r.map((o) => I(o, t));
  if (n.every((o, s) => o === r[s])) return;
  e.delete("Set-Cookie");
  for (const o of n) e.append("Set-Cookie", o);
}
function I(e, t) {
  const [r, ...n] = e.split(";");
  return [r, ...n.filter((o) => !M(o, t))].join(";");
}
function M(e, t) {
  const [r, ...n] = e.split("=");
  if (r.trim().toLowerCase() !== "domain") return false;
  const o = n.join("=").trim().toLowerCase().replace(/^\.+|\.+$/g, "");
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
function b({ status: e, title: t, message: r, host: n }) {
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
<body><main><h1>${h(t)}</h1><p>${h(r)}</p>
<small>${e} · ${h(n)}</small></main></body></html>
`;
}
function h(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// src/routing.js
var L = 30;
function x({ stable: e, canary: t, limits: r, egress: n }) {
  return R(e ?? {}, t ?? {}, r ?? null, n ?? null);
}
function R(e, t, r, n) {
  if (!A(e) || n !== null && !Array.isArray(n)) return null;
  const { hash: o, instances: s } = e;
  return { stable: { hash: o, instances: s }, canary: O(t), limits: r, egress: n };
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
function S({ egress: e }, { DISPATCHER: t, CONFINED: r }) {
  const n = e !== null || !t;
  const o = n ? r : t;
  return o ? { namespace: o, confined: n } : null;
}
async function C(e, t, { pinned: r = null, onCall: n = () => {
} } = {}) {
  const { instances: o } = e.serving.stable;
  const s = r ?? k(o);
  n(s);
  try {
    return await _(e, t, s);
  } catch (a) {
    if (!m(a) || r !== null || o === 1 || t.bodyUsed) throw a;
  }
  const i = (s + 1 + k(o - 1)) % o;
  n(i);
  return _(e, t, i);
}
async function _({ namespace: e, confined: t, script: r, serving: n }, o, s) {
  const { stable: i, limits: a, egress: c } = n;
  const l = `${r}--${i.hash}--${s}`;
  const u = { ...a && { limits: a }, ...t && { outbound: { allow: JSON.stringify(c) } } };
  return e.get(l, {}, u).fetch(o);
}
function k(e) {
  return Math.floor(Math.random() * e);
}

// src/routes.js
var W = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
var D = 253;
async function $(e, { host: t, path: r, query: n }) {
  if (t.length > D || !W.test(t)) return { problem: "unknown_host" };
  const o = j(r);
  const s = await p((u) => e.get(`host:${t}`, { type: "json", ...u }));
  const i = T([s], o, n);
  if ("route" in i || i.problem === "bad_routing_entry") return i;
  const a = K(t);
  if (a.length === 0) return i;
  const c = await p((u) => e.get(a, { type: "json", ...u }));
  const l = T(
    a.map((u) => c.get(u)),
    o,
    n
  );
  return "problem" in l && l.problem === "unknown_host" ? i : l;
}
function T(e, t, r) {
  let n = "unknown_host";
  for (const o of e) {
    if (o === null || o === void 0) continue;
    if (!Array.isArray(o.routes)) return { problem: "bad_routing_entry" };
    const s = F(o.routes, t, r);
    if (s) return { route: s };
    n = "no_route";
  }
  return { problem: n };
}
function j(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const r = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(r) ? r : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function K(e) {
  const t = e.split(".");
  return t.slice(1, -1).map((r, n) => `host:*.${t.slice(n + 1).join(".")}`);
}
function F(e, t, r) {
  let n = null;
  let o = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const i = H(s.path, t, r);
    if (i > o) [n, o] = [s, i];
  }
  return n;
}
function H(e, t, r) {
  if (e.startsWith("=")) return t + r === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const o = e.slice(0, -1);
    return t.startsWith(o) ? o.length : -1;
  }
  const n = z(e);
  return n === "" || t === n || t.startsWith(`${n}/`) ? n.length : -1;
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
    const s = await V(o, t);
    q(o, s.status, Date.now() - r, t);
    return s;
  }
};
async function V(e, t) {
  let r;
  try {
    r = await $(t.WORKER_METADATA, e);
  } catch (c) {
    return f(e, c instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", c);
  }
  if ("problem" in r) return f(e, r.problem);
  const { worker: n, script: o, customer: s = "" } = r.route;
  const i = x(r.route);
  if (!n || !o || !i) return f(e, "bad_routing_entry");
  e.route = { worker: n, script: o, customer: s, serving: i };
  if (i.stable.instances === 0) return f(e, "parked");
  const a = S(i, t);
  if (!a) return f(e, "worker_unavailable");
  return X(e, { ...a, script: o, serving: i }, t);
}
async function X(e, t, r) {
  const n = P(e.request, t.serving.stable.instances);
  const o = (s) => {
    e.instance = s;
  };
  try {
    return B(e, await C(t, v(e.request), { pinned: n, onCall: o }), r);
  } catch (s) {
    return Y(e, s);
  }
}
function B(e, t, r) {
  if (t.webSocket) return t;
  const n = new Response(t.body, t);
  n.headers.delete("Code24-Error");
  if (r.PARENT_DOMAIN_COOKIES !== "allow" && n.headers.has("Set-Cookie")) g(n.headers, e.host);
  return E(e, n);
}
function v(e) {
  if (e.redirect === "manual" && !e.headers.has("Code24-Instance")) return e;
  const t = new Request(e, { redirect: "manual" });
  t.headers.delete("Code24-Instance");
  return t;
}
function P(e, t) {
  const r = e.headers.get("Code24-Instance");
  return r !== null && /^\d{1,4}$/.test(r) && Number(r) < t ? Number(r) : null;
}
function Y(e, t) {
  if (m(t)) return f(e, "worker_unavailable");
  return f(e, y(t) ? "worker_limit_exceeded" : "worker_exception");
}
function f(e, t, r) {
  const { status: n, outcome: o, title: s, message: i, retryAfter: a } = U[t];
  e.outcome = o;
  if (o === "routing_error") console.error(`${t}: host ${e.host}`, r ? d(r) : "");
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
  const u = c ? b({ status: n, title: s, message: i, host: e.host }) : w(t, i);
  return E(e, new Response(u, { status: n, headers: l }));
}
function E(e, t) {
  if (e.route) t.headers.set("Code24-Version", e.route.serving.stable.hash);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function q({ request: e, host: t, route: r, instance: n, outcome: o }, s, i, a) {
  try {
    const c = r?.worker ?? "";
    a.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [G(c, J)],
      blobs: [
        t,
        c,
        r?.serving.stable.hash ?? "",
        o,
        e.method,
        `${Math.floor(s / 100)}xx`,
        a.ENVIRONMENT ?? "",
        r?.customer ?? ""
      ],
      doubles: [s, i, n]
    });
  } catch (c) {
    console.error("data point lost:", d(c));
  }
}
function G(e, t) {
  if (e.length * 3 <= t) return e;
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  le as default
};

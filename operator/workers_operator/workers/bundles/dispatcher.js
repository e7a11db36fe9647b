// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/cookies.js
function y(e, t) {
  const o = e.getSetCookie();
  const n = o.map((r) => R(r, t));
  if (n.every((r, s) => r === o[s])) return;
  e.delete("Set-Cookie");
  for (const r of n) e.append("Set-Cookie", r);
}
function R(e, t) {
  const [o, ...n] = e.split(";");
  return [o, ...n.filter((r) => !N(r, t))].join(";");
}
function N(e, t) {
  const [o, ...n] = e.split("=");
  if (o.trim().toLowerCase() !== "domain") return false;
  const r = n.join("=").trim().toLowerCase().replace(/^\.+|\.+$/g, "");
  return r !== t && (`.${t}`.endsWith(`.${r}`) || /[^a-z0-9._-]/.test(r));
}

// src/errors.js
var L = /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;
function d(e) {
  return String(e?.message ?? e);
}
function m(e) {
  return d(e).startsWith("Worker not found");
}
function w(e) {
  return L.test(d(e));
}
function b(e, t) {
  return JSON.stringify({ error: { code: e, message: t } });
}

// src/page.js
function _({ status: e, title: t, message: o, host: n }) {
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
<body><main><h1>${h(t)}</h1><p>${h(o)}</p>
<small>${e} · ${h(n)}</small></main></body></html>
`;
}
function h(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// src/routing.js
var W = 30;
function x({ stable: e, canary: t, limits: o, egress: n }) {
  return D(e ?? {}, t ?? {}, o ?? null, n ?? null);
}
function D(e, t, o, n) {
  if (!C(e) || n !== null && !Array.isArray(n)) return null;
  const { hash: r, instances: s, out: i } = e;
  const c = Array.isArray(i) && i.length > 0 ? { hash: r, instances: s, out: i } : { hash: r, instances: s };
  return { stable: c, canary: H(t), limits: o, egress: n };
}
function H(e) {
  if (!C(e) || !("weight" in e && Number.isFinite(e.weight))) return null;
  return { hash: e.hash, instances: e.instances, weight: Number(e.weight) };
}
function C({ hash: e, instances: t }) {
  return typeof e === "string" && e !== "" && Number.isInteger(t) && t >= 0;
}
async function p(e) {
  try {
    return await e({ cacheTtl: W });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return e({});
  }
}
function S({ egress: e }, { DISPATCHER: t, CONFINED: o }) {
  const n = e !== null || !t;
  const r = n ? o : t;
  return r ? { namespace: r, confined: n } : null;
}
async function T(e, t, { pinned: o = null, onCall: n = () => {
} } = {}) {
  const r = K(e.serving.stable);
  const s = o ?? r[k(r.length)];
  n(s);
  try {
    return await A(e, t, s);
  } catch (a) {
    if (!m(a) || o !== null || r.length === 1 || t.bodyUsed) throw a;
  }
  const i = r.filter((a) => a !== s);
  const c = i[k(i.length)];
  n(c);
  return A(e, t, c);
}
async function A({ namespace: e, confined: t, script: o, serving: n }, r, s) {
  const { stable: i, limits: c, egress: a } = n;
  const u = `${o}--${i.hash}--${s}`;
  const l = { ...c && { limits: c }, ...t && { outbound: { allow: JSON.stringify(a) } } };
  return e.get(u, {}, l).fetch(r);
}
function K({ instances: e, out: t = [] }) {
  const o = Array.from({ length: e }, (r, s) => s);
  const n = o.filter((r) => !t.includes(r));
  return n.length > 0 ? n : o;
}
function k(e) {
  return Math.floor(Math.random() * e);
}

// src/routes.js
var j = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
var F = 253;
async function $(e, { host: t, path: o, query: n }) {
  if (t.length > F || !j.test(t)) return { problem: "unknown_host" };
  const r = B(o);
  const s = await p((l) => e.get(`host:${t}`, { type: "json", ...l }));
  const i = E([s], r, n);
  if ("route" in i || i.problem === "bad_routing_entry") return i;
  const c = U(t);
  if (c.length === 0) return i;
  const a = await p((l) => e.get(c, { type: "json", ...l }));
  const u = E(
    c.map((l) => a.get(l)),
    r,
    n
  );
  return "problem" in u && u.problem === "unknown_host" ? i : u;
}
function E(e, t, o) {
  let n = "unknown_host";
  for (const r of e) {
    if (r === null || r === void 0) continue;
    if (!Array.isArray(r.routes)) return { problem: "bad_routing_entry" };
    const s = X(r.routes, t, o);
    if (s) return { route: s };
    n = "no_route";
  }
  return { problem: n };
}
function B(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const o = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(o) ? o : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function U(e) {
  const t = e.split(".");
  return t.slice(1, -1).map((o, n) => `host:*.${t.slice(n + 1).join(".")}`);
}
function X(e, t, o) {
  let n = null;
  let r = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const i = z(s.path, t, o);
    if (i > r) [n, r] = [s, i];
  }
  return n;
}
function z(e, t, o) {
  if (e.startsWith("=")) return t + o === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const r = e.slice(0, -1);
    return t.startsWith(r) ? r.length : -1;
  }
  const n = J(e);
  return n === "" || t === n || t.startsWith(`${n}/`) ? n.length : -1;
}
function J(e) {
  return e.endsWith("/") ? e.slice(0, -1) : e;
}

// src/selection.js
var V = "Code24-Instance";
var P = /^([0-9a-f]{8}|-)\.(\d{1,4})\.(\d{10})\.([0-9a-f]{64})$/;
var Y = 3600;
var g = null;
async function M(e, t, o) {
  const n = P.exec(e.headers.get(V) ?? "");
  if (!n || !o) return null;
  const [, r, s, i, c] = n;
  const a = Number(i) - Date.now() / 1e3;
  if (a < 0 || a > Y) return null;
  const u = new TextEncoder().encode([t, r, s, i].join("\n"));
  if (!await crypto.subtle.verify("HMAC", await q(o), I(c), u)) return null;
  return { version: r === "-" ? null : r, instance: Number(s) };
}
function q(e) {
  if (g?.text !== e) {
    const t = { name: "HMAC", hash: "SHA-256" };
    g = { text: e, key: crypto.subtle.importKey("raw", I(e), t, false, ["verify"]) };
  }
  return g.key;
}
function I(e) {
  return Uint8Array.from(e.match(/../g) ?? [], (t) => Number.parseInt(t, 16));
}

// src/dispatcher.js
var G = 96;
var v = {
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
var be = {
  async fetch(e, t) {
    const o = Date.now();
    const n = new URL(e.url);
    const r = {
      request: e,
      path: n.pathname,
      query: n.search,
      host: n.hostname.replace(/\.$/, ""),
      route: null,
      selection: null,
      instance: -1,
      outcome: "ok"
    };
    const s = await Q(r, t);
    if (!r.selection) re(r, s.status, Date.now() - o, t);
    return s;
  }
};
async function Q(e, t) {
  if (e.request.headers.has("Code24-Instance")) {
    e.selection = await M(e.request, e.host, t.PROBE_KEY);
  }
  let o;
  try {
    o = await $(t.WORKER_METADATA, e);
  } catch (l) {
    return f(e, l instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", l);
  }
  if ("problem" in o) return f(e, o.problem);
  const { worker: n, script: r, customer: s = "" } = o.route;
  const i = x(o.route);
  if (!n || !r || !i) return f(e, "bad_routing_entry");
  const c = e.selection?.version;
  const a = c ? { ...i, stable: { ...i.stable, hash: c } } : i;
  e.route = { worker: n, script: r, customer: s, serving: a };
  if (a.stable.instances === 0) return f(e, "parked");
  const u = S(a, t);
  if (!u) return f(e, "worker_unavailable");
  return Z(e, { ...u, script: r, serving: a }, t);
}
async function Z(e, t, o) {
  const n = e.selection?.instance ?? null;
  const r = (s) => {
    e.instance = s;
  };
  try {
    return ee(e, await T(t, te(e.request), { pinned: n, onCall: r }), o);
  } catch (s) {
    return ne(e, s);
  }
}
function ee(e, t, o) {
  if (t.webSocket) return t;
  const n = new Response(t.body, t);
  n.headers.delete("Code24-Error");
  if (o.PARENT_DOMAIN_COOKIES !== "allow" && n.headers.has("Set-Cookie")) y(n.headers, e.host);
  return O(e, n);
}
function te(e) {
  if (e.redirect === "manual" && !e.headers.has("Code24-Instance")) return e;
  const t = new Request(e, { redirect: "manual" });
  t.headers.delete("Code24-Instance");
  return t;
}
function ne(e, t) {
  if (m(t)) return f(e, "worker_unavailable");
  return f(e, w(t) ? "worker_limit_exceeded" : "worker_exception");
}
function f(e, t, o) {
  const { status: n, outcome: r, title: s, message: i, retryAfter: c } = v[t];
  e.outcome = r;
  if (r === "routing_error") console.error(`${t}: host ${e.host}`, o ? d(o) : "");
  const a = (e.request.headers.get("Accept") ?? "").includes("text/html");
  const u = new Headers({
    "Content-Type": a ? "text/html; charset=utf-8" : "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Code24-Error": t,
    Vary: "Accept"
  });
  if (c) u.set("Retry-After", String(c));
  const l = a ? _({ status: n, title: s, message: i, host: e.host }) : b(t, i);
  return O(e, new Response(l, { status: n, headers: u }));
}
function O(e, t) {
  if (e.route) t.headers.set("Code24-Version", e.route.serving.stable.hash);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function re({ request: e, host: t, route: o, instance: n, outcome: r }, s, i, c) {
  try {
    const a = o?.worker ?? "";
    c.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [oe(a, G)],
      blobs: [
        t,
        a,
        o?.serving.stable.hash ?? "",
        r,
        e.method,
        `${Math.floor(s / 100)}xx`,
        c.ENVIRONMENT ?? "",
        o?.customer ?? ""
      ],
      doubles: [s, i, n]
    });
  } catch (a) {
    console.error("data point lost:", d(a));
  }
}
function oe(e, t) {
  if (e.length * 3 <= t) return e;
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  be as default
};

// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/versions.js
var q = "Cloudflare-Workers-Version-Key";
var S = "Code24-Rollout";
var w = 1e4;
var v = 86400;
function $(e, t) {
  const o = e.headers.get(q);
  if (o) return { place: b(`${t} ${o}`) % w, isNew: false };
  const n = G(e.headers.get("Cookie") ?? "", `${S}-${t}=`);
  if (n !== null) return { place: n, isNew: false };
  return { place: Math.floor(Math.random() * w), isNew: true };
}
function O({ place: e }, t) {
  return e < t * w / 100;
}
function E(e, t, o, { place: n, isNew: r }) {
  if (!r || !(t.headers.get("Accept") ?? "").includes("text/html")) return;
  const s = t.url.startsWith("https:") ? "; Secure" : "";
  const i = `Path=/; Max-Age=${v}; HttpOnly; SameSite=Lax${s}`;
  e.append("Set-Cookie", `${S}-${o}=${n}; ${i}`);
}
function G(e, t) {
  const o = e.split(";").find((r) => r.trim().startsWith(t));
  const n = o?.trim().slice(t.length) ?? "";
  return /^\d{1,4}$/.test(n) ? Number(n) : null;
}
function b(e) {
  let t = 2166136261;
  for (let o = 0; o < e.length; o++) {
    t = Math.imul(t ^ e.charCodeAt(o), 16777619);
  }
  t = Math.imul(t ^ t >>> 16, 2246822507);
  t = Math.imul(t ^ t >>> 13, 3266489909);
  return (t ^ t >>> 16) >>> 0;
}

// src/affinity.js
var k = "Code24-Affinity";
var Q = 86400;
var Z = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
function M(e, t) {
  if (t === "ClientIP") {
    const r = e.headers.get("CF-Connecting-IP");
    return r ? { key: r, isNew: false } : null;
  }
  if (t !== "Cookie") return null;
  const o = (e.headers.get("Cookie") ?? "").split(";").map((r) => r.trim());
  const n = o.find((r) => r.startsWith(`${k}=`))?.slice(k.length + 1) ?? "";
  return Z.test(n) ? { key: n, isNew: false } : { key: crypto.randomUUID(), isNew: true };
}
function T({ key: e }, t) {
  const o = (n) => b(`${n} ${e}`);
  return t.reduce((n, r) => o(r) > o(n) ? r : n);
}
function N(e, t, { key: o, isNew: n }) {
  if (!n) return;
  const r = t.url.startsWith("https:") ? "; Secure" : "";
  const s = `Path=/; Max-Age=${Q}; HttpOnly; SameSite=Lax${r}`;
  e.append("Set-Cookie", `${k}=${o}; ${s}`);
}

// src/cookies.js
function I(e, t) {
  const o = e.getSetCookie();
  const n = o.map((r) => ee(r, t));
  if (n.every((r, s) => r === o[s])) return;
  e.delete("Set-Cookie");
  for (const r of n) e.append("Set-Cookie", r);
}
function ee(e, t) {
  const [o, ...n] = e.split(";");
  return [o, ...n.filter((r) => !te(r, t))].join(";");
}
function te(e, t) {
  const [o, ...n] = e.split("=");
  if (o.trim().toLowerCase() !== "domain") return false;
  const r = n.join("=").trim().toLowerCase().replace(/^\.+|\.+$/g, "");
  return r !== t && (`.${t}`.endsWith(`.${r}`) || /[^a-z0-9._-]/.test(r));
}

// src/errors.js
var ne = /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;
function h(e) {
  return String(e?.message ?? e);
}
function m(e) {
  return h(e).startsWith("Worker not found");
}
function R(e) {
  return ne.test(h(e));
}
function L(e, t) {
  return JSON.stringify({ error: { code: e, message: t } });
}

// src/page.js
function W({ status: e, title: t, message: o, host: n }) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${p(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
body{background:light-dark(#f6f7f9,#14161a);color:light-dark(#1c2024,#e8eaed)}
main{max-width:30rem;margin:1rem;padding:2.5rem;border-radius:1rem}
main{background:light-dark(#fff,#1e2126);box-shadow:0 1px 3px #0002,0 8px 32px #0001}
p{margin:.5rem 0 0}h1{margin:0;font-size:1.5rem;line-height:1.25}
small{display:block;margin-top:1.5rem;opacity:.65;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${p(t)}</h1><p>${p(o)}</p>
<small>${e} · ${p(n)}</small></main></body></html>
`;
}
function p(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// src/routing.js
var re = 30;
function P({ stable: e, canary: t, limits: o, egress: n }) {
  return oe(e ?? {}, t ?? {}, o ?? null, n ?? null);
}
function oe(e, t, o, n) {
  if (!F(e) || n !== null && !Array.isArray(n)) return null;
  const { hash: r, instances: s, out: i } = e;
  const c = Array.isArray(i) && i.length > 0 ? { hash: r, instances: s, out: i } : { hash: r, instances: s };
  return { stable: c, canary: se(t), limits: o, egress: n };
}
function se(e) {
  if (!F(e) || !("weight" in e && Number.isFinite(e.weight))) return null;
  if (e.instances === 0) return null;
  return { hash: e.hash, instances: e.instances, weight: Number(e.weight) };
}
function F({ hash: e, instances: t }) {
  return typeof e === "string" && e !== "" && Number.isInteger(t) && t >= 0;
}
async function x(e) {
  try {
    return await e({ cacheTtl: re });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return e({});
  }
}
function j({ egress: e }, { DISPATCHER: t, CONFINED: o }) {
  const n = e !== null || !t;
  const r = n ? o : t;
  return r ? { namespace: r, confined: n } : null;
}
async function U(e, t, o = {}) {
  const { pinned: n = null, client: r = null, session: s = null, onCall: i = () => {
  } } = o;
  const { stable: c, canary: l } = e.serving;
  const a = n === null && l !== null && r !== null && O(r, l.weight);
  const u = a ? l : c;
  const d = D(u);
  const g = n ?? H(d, s);
  i({ version: u.hash, instance: g });
  try {
    return await K(e, t, u.hash, g);
  } catch (y) {
    if (!m(y) || n !== null || t.bodyUsed) throw y;
    const _ = a ? D(c) : d.filter((J) => J !== g);
    if (_.length === 0) throw y;
    const A = H(_, s);
    i({ version: c.hash, instance: A });
    return K(e, t, c.hash, A);
  }
}
async function K({ namespace: e, confined: t, script: o, serving: n }, r, s, i) {
  const { limits: c, egress: l } = n;
  const a = `${o}--${s}--${i}`;
  const u = { ...c && { limits: c }, ...t && { outbound: { allow: JSON.stringify(l) } } };
  return e.get(a, {}, u).fetch(r);
}
function D({ instances: e, out: t = [] }) {
  const o = Array.from({ length: e }, (r, s) => s);
  const n = o.filter((r) => !t.includes(r));
  return n.length > 0 ? n : o;
}
function H(e, t) {
  return t ? T(t, e) : e[Math.floor(Math.random() * e.length)];
}

// src/routes.js
var ie = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
var ae = 253;
async function X(e, { host: t, path: o, query: n }) {
  if (t.length > ae || !ie.test(t)) return { problem: "unknown_host" };
  const r = ce(o);
  const s = await x((u) => e.get(`host:${t}`, { type: "json", ...u }));
  const i = V([s], r, n);
  if ("route" in i || i.problem === "bad_routing_entry") return i;
  const c = ue(t);
  if (c.length === 0) return i;
  const l = await x((u) => e.get(c, { type: "json", ...u }));
  const a = V(
    c.map((u) => l.get(u)),
    r,
    n
  );
  return "problem" in a && a.problem === "unknown_host" ? i : a;
}
function V(e, t, o) {
  let n = "unknown_host";
  for (const r of e) {
    if (r === null || r === void 0) continue;
    if (!Array.isArray(r.routes)) return { problem: "bad_routing_entry" };
    const s = le(r.routes, t, o);
    if (s) return { route: s };
    n = "no_route";
  }
  return { problem: n };
}
function ce(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const o = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(o) ? o : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function ue(e) {
  const t = e.split(".");
  return t.slice(1, -1).map((o, n) => `host:*.${t.slice(n + 1).join(".")}`);
}
function le(e, t, o) {
  let n = null;
  let r = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const i = fe(s.path, t, o);
    if (i > r) [n, r] = [s, i];
  }
  return n;
}
function fe(e, t, o) {
  if (e.startsWith("=")) return t + o === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const r = e.slice(0, -1);
    return t.startsWith(r) ? r.length : -1;
  }
  const n = de(e);
  return n === "" || t === n || t.startsWith(`${n}/`) ? n.length : -1;
}
function de(e) {
  return e.endsWith("/") ? e.slice(0, -1) : e;
}

// src/selection.js
var he = "Code24-Instance";
var me = /^([0-9a-f]{8}|-)\.(\d{1,4})\.(\d{10})\.([0-9a-f]{64})$/;
var pe = 3600;
var C = null;
async function Y(e, t, o) {
  const n = me.exec(e.headers.get(he) ?? "");
  if (!n || !o) return null;
  const [, r, s, i, c] = n;
  const l = Number(i) - Date.now() / 1e3;
  if (l < 0 || l > pe) return null;
  const a = new TextEncoder().encode([t, r, s, i].join("\n"));
  if (!await crypto.subtle.verify("HMAC", await ge(o), z(c), a)) return null;
  return { version: r === "-" ? null : r, instance: Number(s) };
}
function ge(e) {
  if (C?.text !== e) {
    const t = { name: "HMAC", hash: "SHA-256" };
    C = { text: e, key: crypto.subtle.importKey("raw", z(e), t, false, ["verify"]) };
  }
  return C.key;
}
function z(e) {
  return Uint8Array.from(e.match(/../g) ?? [], (t) => Number.parseInt(t, 16));
}

// src/dispatcher.js
var ye = 96;
var we = {
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
var Be = {
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
      version: "",
      instance: -1,
      outcome: "ok"
    };
    const s = await be(r, t);
    if (!r.selection) Ae(r, s.status, Date.now() - o, t);
    return s;
  }
};
async function be(e, t) {
  if (e.request.headers.has("Code24-Instance")) {
    e.selection = await Y(e.request, e.host, t.PROBE_KEY);
  }
  let o;
  try {
    o = await X(t.WORKER_METADATA, e);
  } catch (d) {
    return f(e, d instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", d);
  }
  if ("problem" in o) return f(e, o.problem);
  const { worker: n, script: r, customer: s = "", affinity: i = null } = o.route;
  const c = P(o.route);
  if (!n || !r || !c) return f(e, "bad_routing_entry");
  const l = e.selection?.version;
  const a = l ? { ...c, stable: { ...c.stable, hash: l }, canary: null } : c;
  e.route = { worker: n, script: r, customer: s, serving: a };
  e.version = a.stable.hash;
  if (a.stable.instances === 0) return f(e, "parked");
  const u = j(a, t);
  if (!u) return f(e, "worker_unavailable");
  return ke(e, { ...u, script: r, serving: a }, i, t);
}
async function ke(e, t, o, n) {
  const r = e.selection?.instance ?? null;
  const { canary: s } = t.serving;
  const i = s && $(e.request, s.hash);
  const c = M(e.request, o);
  const l = ({ version: a, instance: u }) => {
    e.version = a;
    e.instance = u;
  };
  try {
    const a = await U(t, Ce(e.request), { pinned: r, client: i, session: c, onCall: l });
    const u = xe(e, a, n);
    if (r !== null || u.webSocket) return u;
    if (s && i) E(u.headers, e.request, s.hash, i);
    if (c) N(u.headers, e.request, c);
    return u;
  } catch (a) {
    return _e(e, a);
  }
}
function xe(e, t, o) {
  if (t.webSocket) return t;
  const n = new Response(t.body, t);
  n.headers.delete("Code24-Error");
  if (o.PARENT_DOMAIN_COOKIES !== "allow" && n.headers.has("Set-Cookie")) I(n.headers, e.host);
  return B(e, n);
}
function Ce(e) {
  if (e.redirect === "manual" && !e.headers.has("Code24-Instance")) return e;
  const t = new Request(e, { redirect: "manual" });
  t.headers.delete("Code24-Instance");
  return t;
}
function _e(e, t) {
  if (m(t)) return f(e, "worker_unavailable");
  return f(e, R(t) ? "worker_limit_exceeded" : "worker_exception");
}
function f(e, t, o) {
  const { status: n, outcome: r, title: s, message: i, retryAfter: c } = we[t];
  e.outcome = r;
  if (r === "routing_error") console.error(`${t}: host ${e.host}`, o ? h(o) : "");
  const l = (e.request.headers.get("Accept") ?? "").includes("text/html");
  const a = new Headers({
    "Content-Type": l ? "text/html; charset=utf-8" : "application/json",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Code24-Error": t,
    Vary: "Accept"
  });
  if (c) a.set("Retry-After", String(c));
  const u = l ? W({ status: n, title: s, message: i, host: e.host }) : L(t, i);
  return B(e, new Response(u, { status: n, headers: a }));
}
function B(e, t) {
  if (e.version) t.headers.set("Code24-Version", e.version);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function Ae({ request: e, host: t, route: o, version: n, instance: r, outcome: s }, i, c, l) {
  try {
    const a = o?.worker ?? "";
    l.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [Se(a, ye)],
      blobs: [
        t,
        a,
        n,
        s,
        e.method,
        `${Math.floor(i / 100)}xx`,
        l.ENVIRONMENT ?? "",
        o?.customer ?? ""
      ],
      doubles: [i, c, r]
    });
  } catch (a) {
    console.error("data point lost:", h(a));
  }
}
function Se(e, t) {
  if (e.length * 3 <= t) return e;
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  Be as default
};

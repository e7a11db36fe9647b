// Generated from src/dispatcher.js by `make bundles`. Do not edit.
// src/cookies.js
function x(e, t) {
  const r = e.getSetCookie();
  const n = r.map((o) => B(o, t));
  if (n.every((o, s) => o === r[s])) return;
  e.delete("Set-Cookie");
  for (const o of n) e.append("Set-Cookie", o);
}
function B(e, t) {
  const [r, ...n] = e.split(";");
  return [r, ...n.filter((o) => !U(o, t))].join(";");
}
function U(e, t) {
  const [r, ...n] = e.split("=");
  if (r.trim().toLowerCase() !== "domain") return false;
  const o = n.join("=").trim().toLowerCase().replace(/^\.+|\.+$/g, "");
  return o !== t && (`.${t}`.endsWith(`.${o}`) || /[^a-z0-9._-]/.test(o));
}

// src/errors.js
var V = /(cpu|memory|resource|subrequests?)\b.*\blimit|too many subrequests|exceeded.*\b(cpu|memory|resource)/i;
function d(e) {
  return String(e?.message ?? e);
}
function h(e) {
  return d(e).startsWith("Worker not found");
}
function k(e) {
  return V.test(d(e));
}
function A(e, t) {
  return JSON.stringify({ error: { code: e, message: t } });
}

// src/page.js
function C({ status: e, title: t, message: r, host: n }) {
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

// src/versions.js
var X = "Cloudflare-Workers-Version-Key";
var S = "Code24-Rollout";
var y = 1e4;
var z = 86400;
function $(e, t) {
  const r = e.headers.get(X);
  if (r) return { place: Y(`${t} ${r}`) % y, isNew: false };
  const n = J(e.headers.get("Cookie") ?? "", `${S}-${t}=`);
  if (n !== null) return { place: n, isNew: false };
  return { place: Math.floor(Math.random() * y), isNew: true };
}
function E({ place: e }, t) {
  return e < t * y / 100;
}
function T(e, t, r, { place: n, isNew: o }) {
  if (!o || !(t.headers.get("Accept") ?? "").includes("text/html")) return;
  const s = t.url.startsWith("https:") ? "; Secure" : "";
  const i = `Path=/; Max-Age=${z}; HttpOnly; SameSite=Lax${s}`;
  e.append("Set-Cookie", `${S}-${r}=${n}; ${i}`);
}
function J(e, t) {
  const r = e.split(";").find((o) => o.trim().startsWith(t));
  const n = r?.trim().slice(t.length) ?? "";
  return /^\d{1,4}$/.test(n) ? Number(n) : null;
}
function Y(e) {
  let t = 2166136261;
  for (let r = 0; r < e.length; r++) {
    t = Math.imul(t ^ e.charCodeAt(r), 16777619);
  }
  t = Math.imul(t ^ t >>> 16, 2246822507);
  t = Math.imul(t ^ t >>> 13, 3266489909);
  return (t ^ t >>> 16) >>> 0;
}

// src/routing.js
var v = 30;
function I({ stable: e, canary: t, limits: r, egress: n }) {
  return q(e ?? {}, t ?? {}, r ?? null, n ?? null);
}
function q(e, t, r, n) {
  if (!R(e) || n !== null && !Array.isArray(n)) return null;
  const { hash: o, instances: s, out: i } = e;
  const c = Array.isArray(i) && i.length > 0 ? { hash: o, instances: s, out: i } : { hash: o, instances: s };
  return { stable: c, canary: G(t), limits: r, egress: n };
}
function G(e) {
  if (!R(e) || !("weight" in e && Number.isFinite(e.weight))) return null;
  if (e.instances === 0) return null;
  return { hash: e.hash, instances: e.instances, weight: Number(e.weight) };
}
function R({ hash: e, instances: t }) {
  return typeof e === "string" && e !== "" && Number.isInteger(t) && t >= 0;
}
async function w(e) {
  try {
    return await e({ cacheTtl: v });
  } catch (t) {
    if (t instanceof SyntaxError) throw t;
    return e({});
  }
}
function L({ egress: e }, { DISPATCHER: t, CONFINED: r }) {
  const n = e !== null || !t;
  const o = n ? r : t;
  return o ? { namespace: o, confined: n } : null;
}
async function W(e, t, { pinned: r = null, client: n = null, onCall: o = () => {
} } = {}) {
  const { stable: s, canary: i } = e.serving;
  const c = r === null && i !== null && n !== null && E(n, i.weight);
  const a = c ? i : s;
  const u = O(a);
  const l = r ?? u[N(u.length)];
  o({ version: a.hash, instance: l });
  try {
    return await M(e, t, a.hash, l);
  } catch (p) {
    if (!h(p) || r !== null || t.bodyUsed) throw p;
    const g = c ? O(s) : u.filter((P) => P !== l);
    if (g.length === 0) throw p;
    const _ = g[N(g.length)];
    o({ version: s.hash, instance: _ });
    return M(e, t, s.hash, _);
  }
}
async function M({ namespace: e, confined: t, script: r, serving: n }, o, s, i) {
  const { limits: c, egress: a } = n;
  const u = `${r}--${s}--${i}`;
  const l = { ...c && { limits: c }, ...t && { outbound: { allow: JSON.stringify(a) } } };
  return e.get(u, {}, l).fetch(o);
}
function O({ instances: e, out: t = [] }) {
  const r = Array.from({ length: e }, (o, s) => s);
  const n = r.filter((o) => !t.includes(o));
  return n.length > 0 ? n : r;
}
function N(e) {
  return Math.floor(Math.random() * e);
}

// src/routes.js
var Q = /^[^.]{1,63}(\.[^.]{1,63}){1,9}$/;
var Z = 253;
async function D(e, { host: t, path: r, query: n }) {
  if (t.length > Z || !Q.test(t)) return { problem: "unknown_host" };
  const o = ee(r);
  const s = await w((l) => e.get(`host:${t}`, { type: "json", ...l }));
  const i = K([s], o, n);
  if ("route" in i || i.problem === "bad_routing_entry") return i;
  const c = te(t);
  if (c.length === 0) return i;
  const a = await w((l) => e.get(c, { type: "json", ...l }));
  const u = K(
    c.map((l) => a.get(l)),
    o,
    n
  );
  return "problem" in u && u.problem === "unknown_host" ? i : u;
}
function K(e, t, r) {
  let n = "unknown_host";
  for (const o of e) {
    if (o === null || o === void 0) continue;
    if (!Array.isArray(o.routes)) return { problem: "bad_routing_entry" };
    const s = ne(o.routes, t, r);
    if (s) return { route: s };
    n = "no_route";
  }
  return { problem: n };
}
function ee(e) {
  if (!/[%^]|\/\//.test(e)) return e;
  return e.replace(/%[0-9a-f]{2}/gi, (t) => {
    const r = String.fromCharCode(parseInt(t.slice(1), 16));
    return /[a-z0-9._~-]/i.test(r) ? r : t.toUpperCase();
  }).replaceAll("^", "%5E").replace(/\/{2,}/g, "/");
}
function te(e) {
  const t = e.split(".");
  return t.slice(1, -1).map((r, n) => `host:*.${t.slice(n + 1).join(".")}`);
}
function ne(e, t, r) {
  let n = null;
  let o = -1;
  for (const s of e) {
    if (typeof s?.path !== "string") continue;
    const i = re(s.path, t, r);
    if (i > o) [n, o] = [s, i];
  }
  return n;
}
function re(e, t, r) {
  if (e.startsWith("=")) return t + r === e.slice(1) ? e.length : -1;
  if (e.endsWith("*")) {
    const o = e.slice(0, -1);
    return t.startsWith(o) ? o.length : -1;
  }
  const n = oe(e);
  return n === "" || t === n || t.startsWith(`${n}/`) ? n.length : -1;
}
function oe(e) {
  return e.endsWith("/") ? e.slice(0, -1) : e;
}

// src/selection.js
var se = "Code24-Instance";
var ie = /^([0-9a-f]{8}|-)\.(\d{1,4})\.(\d{10})\.([0-9a-f]{64})$/;
var ae = 3600;
var b = null;
async function H(e, t, r) {
  const n = ie.exec(e.headers.get(se) ?? "");
  if (!n || !r) return null;
  const [, o, s, i, c] = n;
  const a = Number(i) - Date.now() / 1e3;
  if (a < 0 || a > ae) return null;
  const u = new TextEncoder().encode([t, o, s, i].join("\n"));
  if (!await crypto.subtle.verify("HMAC", await ce(r), j(c), u)) return null;
  return { version: o === "-" ? null : o, instance: Number(s) };
}
function ce(e) {
  if (b?.text !== e) {
    const t = { name: "HMAC", hash: "SHA-256" };
    b = { text: e, key: crypto.subtle.importKey("raw", j(e), t, false, ["verify"]) };
  }
  return b.key;
}
function j(e) {
  return Uint8Array.from(e.match(/../g) ?? [], (t) => Number.parseInt(t, 16));
}

// src/dispatcher.js
var ue = 96;
var le = {
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
var We = {
  async fetch(e, t) {
    const r = Date.now();
    const n = new URL(e.url);
    const o = {
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
    const s = await fe(o, t);
    if (!o.selection) ge(o, s.status, Date.now() - r, t);
    return s;
  }
};
async function fe(e, t) {
  if (e.request.headers.has("Code24-Instance")) {
    e.selection = await H(e.request, e.host, t.PROBE_KEY);
  }
  let r;
  try {
    r = await D(t.WORKER_METADATA, e);
  } catch (l) {
    return f(e, l instanceof SyntaxError ? "bad_routing_entry" : "routing_unavailable", l);
  }
  if ("problem" in r) return f(e, r.problem);
  const { worker: n, script: o, customer: s = "" } = r.route;
  const i = I(r.route);
  if (!n || !o || !i) return f(e, "bad_routing_entry");
  const c = e.selection?.version;
  const a = c ? { ...i, stable: { ...i.stable, hash: c }, canary: null } : i;
  e.route = { worker: n, script: o, customer: s, serving: a };
  e.version = a.stable.hash;
  if (a.stable.instances === 0) return f(e, "parked");
  const u = L(a, t);
  if (!u) return f(e, "worker_unavailable");
  return de(e, { ...u, script: o, serving: a }, t);
}
async function de(e, t, r) {
  const n = e.selection?.instance ?? null;
  const { canary: o } = t.serving;
  const s = o && $(e.request, o.hash);
  const i = ({ version: c, instance: a }) => {
    e.version = c;
    e.instance = a;
  };
  try {
    const c = await W(t, me(e.request), { pinned: n, client: s, onCall: i });
    const a = he(e, c, r);
    if (o && s && n === null && !a.webSocket) {
      T(a.headers, e.request, o.hash, s);
    }
    return a;
  } catch (c) {
    return pe(e, c);
  }
}
function he(e, t, r) {
  if (t.webSocket) return t;
  const n = new Response(t.body, t);
  n.headers.delete("Code24-Error");
  if (r.PARENT_DOMAIN_COOKIES !== "allow" && n.headers.has("Set-Cookie")) x(n.headers, e.host);
  return F(e, n);
}
function me(e) {
  if (e.redirect === "manual" && !e.headers.has("Code24-Instance")) return e;
  const t = new Request(e, { redirect: "manual" });
  t.headers.delete("Code24-Instance");
  return t;
}
function pe(e, t) {
  if (h(t)) return f(e, "worker_unavailable");
  return f(e, k(t) ? "worker_limit_exceeded" : "worker_exception");
}
function f(e, t, r) {
  const { status: n, outcome: o, title: s, message: i, retryAfter: c } = le[t];
  e.outcome = o;
  if (o === "routing_error") console.error(`${t}: host ${e.host}`, r ? d(r) : "");
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
  const l = a ? C({ status: n, title: s, message: i, host: e.host }) : A(t, i);
  return F(e, new Response(l, { status: n, headers: u }));
}
function F(e, t) {
  if (e.version) t.headers.set("Code24-Version", e.version);
  if (e.instance >= 0) t.headers.set("Code24-Instance", String(e.instance));
  return t;
}
function ge({ request: e, host: t, route: r, version: n, instance: o, outcome: s }, i, c, a) {
  try {
    const u = r?.worker ?? "";
    a.WORKERS_ANALYTICS.writeDataPoint({
      indexes: [ye(u, ue)],
      blobs: [
        t,
        u,
        n,
        s,
        e.method,
        `${Math.floor(i / 100)}xx`,
        a.ENVIRONMENT ?? "",
        r?.customer ?? ""
      ],
      doubles: [i, c, o]
    });
  } catch (u) {
    console.error("data point lost:", d(u));
  }
}
function ye(e, t) {
  if (e.length * 3 <= t) return e;
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t)).replace(/\uFFFD$/, "");
}
export {
  We as default
};

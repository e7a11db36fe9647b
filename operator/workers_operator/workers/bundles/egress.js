// Generated from src/egress.js by `make bundles`. Do not edit.
// src/errors.js
function u(e, r) {
  return JSON.stringify({ error: { code: e, message: r } });
}

// src/hosts.js
var f = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3"
].map((e) => e.split("/"));
var p = /^[^.]*$|(^|\.)(localhost|localdomain|local|internal|home\.arpa)$/;
function s(e) {
  return new URL(e).hostname.replace(/\.$/, "");
}
function a(e) {
  if (e.startsWith("[")) return !m(e);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(e)) return p.test(e);
  return f.some(([r, t]) => {
    const o = 2 ** (32 - Number(t));
    return Math.floor(c(e) / o) === Math.floor(c(r) / o);
  });
}
function i(e, r) {
  return e.some((t) => t === "*" || t === r || t.startsWith("*.") && r.endsWith(t.slice(1)));
}
function c(e) {
  return e.split(".").reduce((r, t) => r * 256 + Number(t), 0);
}
function m(e) {
  const r = e.slice(1).split(":", 2);
  const [t, o] = r.map((l) => parseInt(l || "0", 16));
  const n = t === 8194 || t === 8193 && o < 512;
  return t >= 8192 && t < 16384 && !n;
}

// src/egress.js
var E = {
  async fetch(e, r) {
    const t = JSON.parse(r.allow ?? "null");
    for (const o of d(e)) {
      const n = x(o, t, r.EGRESS);
      if (n) return h(o, n);
    }
    return fetch(e);
  }
};
function d(e) {
  const r = (
    e.cf?.resolveOverride
  );
  return typeof r === "string" ? [s(e.url), s(`https://${r}`)] : [s(e.url)];
}
function x(e, r, t) {
  if (a(e) && !i(t.allowPrivate, e))
    return "it is a private address or name, which WorkersPlatform.spec.egress.allowPrivate does not name";
  const o = r ?? t.allow;
  if (o === null || i(o, e)) return null;
  return `${r ? "the worker's spec" : "WorkersPlatform.spec"}.egress.allow does not name it`;
}
function h(e, r) {
  const t = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": "egress_refused"
  };
  return new Response(u("egress_refused", `Requests to ${e} are not allowed: ${r}.`), {
    status: 403,
    headers: t
  });
}
export {
  E as default
};

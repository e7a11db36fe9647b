// Requests of visitors: the script that a URL leads to, or the origin.

import { askOrigin, errorPage } from './pages.js';
import { normalizedPath, Routes, scriptOfHost } from './routes.js';

const LOOP_LIMIT = 16; // passes through this edge, counted in cf-ew-via
const routes = new Routes();
const hosts = new Map(); // host name -> {script, preview}
let hasOrigin = false;

// A full message replaces the routes and hosts, any other one contains changes; null means deleted.
export function applyRoutes(message) {
  if (message.full) {
    routes.replace(message.routes);
    hosts.clear();
    hasOrigin = message.origin;
  } else {
    routes.apply(message.routes ?? {});
  }
  for (const [name, host] of Object.entries(message.hosts ?? {})) host ? hosts.set(name, host) : hosts.delete(name);
}

// The script of a host that is no route's; see routes.js.
export const ownerOf = (host) => hosts.get(host);

// The URL of a request, with its path normalized.
function urlOf(request) {
  const url = new URL(request.url);
  const path = normalizedPath(url.pathname);
  if (path !== url.pathname) url.pathname = path;
  return url;
}

// -> {url, target}: the URL as the script sees it, and the script, {script, preview?}; undefined stands for the origin.
export function addressOf(request) {
  const url = urlOf(request);
  const host = url.hostname.replace(/\.$/, ''); // a trailing dot means the same host
  const route = routes.match(host, url.pathname + url.search);
  return { url, target: route?.script ? { script: route.script } : route ? undefined : scriptOfHost(hosts, host) };
}

// Most requests need no change: the router has set the headers that Cloudflare adds.
export const visible = (request, url) => (url.href === request.url ? request : new Request(url.href, request));

// Returns an error page for a request that has passed through this edge again and again.
export function loopPage(request) {
  const via = request.headers.get('cf-ew-via');
  return (via?.split(',').length ?? 0) > LOOP_LIMIT ? errorPage(1019, 522) : undefined;
}

export function visitOrigin(request, url, env) {
  const forwarded = new Request(url.href, request);
  const via = request.headers.get('cf-ew-via');
  forwarded.headers.set('cf-ew-via', via ? `${via}, 15` : '15'); // an origin may forward back to this edge
  return askOrigin(hasOrigin && env.ORIGIN, forwarded);
}

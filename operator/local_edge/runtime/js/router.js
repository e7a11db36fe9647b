// The entry of the data plane. It runs no uploaded code, so it survives when a script crashes the pool
// process; requests in flight are then repeated in the jail process, one at a time.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { askOrigin, errorPage } from './pages.js';
import { normalizedPath, Routes, scriptOfHost } from './routes.js';

const REPEATABLE_BODY = 128 * 1024; // bytes; larger bodies are streamed and cannot be repeated
const LOOP_LIMIT = 16; // passes through this edge, counted in cf-ew-via
const routes = new Routes();
const hosts = new Map(); // host name -> {script, preview}
const state = { ready: false, origin: false };

// Plausible values, because some Workers reject requests that seem to come from data centers or bots.
const PLACE = {
  asn: 3320,
  asOrganization: 'Deutsche Telekom AG',
  city: 'Berlin',
  clientAcceptEncoding: 'gzip, deflate, br',
  clientTcpRtt: 12,
  colo: 'TXL',
  continent: 'EU',
  country: 'DE',
  httpProtocol: 'HTTP/1.1',
  isEUCountry: '1',
  latitude: '52.52000',
  longitude: '13.40500',
  postalCode: '10115',
  region: 'Land Berlin',
  regionCode: 'BE',
  requestPriority: '',
  timezone: 'Europe/Berlin',
  tlsCipher: 'AEAD-AES128-GCM-SHA256',
  tlsVersion: 'TLSv1.3',
};
const PRIVATE_HEADERS = ['x-edge-cf', 'x-edge-proto', 'x-edge-jail'];

const half = () => Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, '0');
const newRay = () => half() + half();

// All requests count as https, on the default port.
function urlOf(request) {
  const url = new URL(request.url.replace(/^http:/, 'https:'));
  if (url.port !== '') url.port = '';
  const path = normalizedPath(url.pathname);
  if (path !== url.pathname) url.pathname = path;
  return url;
}

// Returns the request for a script or the origin. Its headers are changed in place, which saves a copy of them.
function forwarded(request, url, ray, init) {
  const result = new Request(url.href, { method: request.method, headers: request.headers, redirect: 'manual', ...init });
  const { headers } = result;
  const address = (request.cf?.clientIp ?? '127.0.0.1').replace(/:\d+$/, '');
  for (const name of PRIVATE_HEADERS) headers.delete(name);
  const forwarded = headers.get('x-forwarded-for');
  headers.set('cf-connecting-ip', address);
  headers.set('cf-ipcountry', PLACE.country);
  headers.set('cf-ray', ray);
  headers.set('cf-visitor', '{"scheme":"https"}');
  headers.set('x-forwarded-for', forwarded ? `${forwarded}, ${address}` : address);
  headers.set('x-forwarded-proto', 'https');
  headers.set('x-real-ip', address);
  return result;
}

// The Request constructor rejects GET and HEAD with a body, even an empty one.
async function bodyOf(request) {
  if (!request.body) return { repeatable: true };
  if (request.method === 'GET' || request.method === 'HEAD') {
    await request.body.cancel();
    return { repeatable: true, dropped: true };
  }
  const length = Number(request.headers.get('content-length') ?? Infinity);
  if (length > REPEATABLE_BODY) return { body: request.body, repeatable: false };
  return { body: await request.arrayBuffer(), repeatable: true };
}

// `target`: {script, preview?}
async function askScript(env, target, request, { body, repeatable }) {
  try {
    return await env.POOL.fetch(request);
  } catch {
    if (!repeatable) return errorPage(520, 520);
    const { method, url } = request;
    const headers = new Headers(request.headers);
    headers.set('x-edge-jail', JSON.stringify({ ...target, url, cf: PLACE }));
    return env.CONTROL.fetch(new Request('http://control/jail', { method, headers, body, redirect: 'manual' }));
  }
}

async function answer(request, env, ray) {
  const url = urlOf(request);
  const via = request.headers.get('cf-ew-via');
  if ((via?.split(',').length ?? 0) > LOOP_LIMIT) return errorPage(1019, 522);
  const host = url.hostname.replace(/\.$/, ''); // a trailing dot means the same host
  const route = routes.match(host, url.pathname + url.search);
  const target = route?.script ? { script: route.script } : !route && scriptOfHost(hosts, host);
  const given = await bodyOf(request);
  const cf = target ? { ...PLACE, __edge: target } : undefined;
  const visit = forwarded(request, url, ray, { body: given.body, cf });
  if (given.dropped) for (const name of ['content-length', 'transfer-encoding']) visit.headers.delete(name);
  if (target) return askScript(env, target, visit, given);
  visit.headers.set('cf-ew-via', via ? `${via}, 15` : '15'); // an origin may forward back to this edge
  return askOrigin(state.origin && env.ORIGIN, visit);
}

export default {
  async fetch(request, env) {
    while (!state.ready) await scheduler.wait(2); // just started: the routes will arrive in a moment
    const ray = newRay();
    const response = await answer(request, env, ray);
    if (response.webSocket) return response;
    const marked = new Response(response.body, response);
    marked.headers.set('cf-ray', `${ray}-${PLACE.colo}`);
    marked.headers.set('server', 'cloudflare');
    return marked;
  },
};

// Handles the supervisor's orders: the full routes, changes of them, and pings.
export class Orders extends WorkerEntrypoint {
  async fetch(request) {
    if (new URL(request.url).pathname === '/table') {
      const table = await request.json();
      if (table.full) routes.replace(table.routes);
      else routes.apply(table.routes ?? {});
      if (table.full) hosts.clear();
      for (const [name, host] of Object.entries(table.hosts ?? {})) host ? hosts.set(name, host) : hosts.delete(name);
      if (table.full) Object.assign(state, { origin: table.origin, ready: true });
    }
    return Response.json({});
  }
}

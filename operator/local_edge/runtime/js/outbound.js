// The fetch() of uploaded scripts. As on Cloudflare, requests to hosts of this edge go to the zone's origin, never to a
// Worker on a route. A custom domain is an origin, too: its Worker. All other requests go to the network.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { askOrigin, errorPage } from './pages.js';
import { hostOf, run, versionOfService } from './running.js';
import { table } from './table.js';
import { ownerOf } from './visits.js';

const LOOP_LIMIT = 16; // passes through this edge, counted in cf-ew-via
const SERVED_HOSTS = 10_000;
const served = new Set(); // hosts outside the zones that were served by a wildcard route
const isLocalName = (host) => /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host);
const nameOf = (url) => url.hostname.replace(/\.$/, ''); // a trailing dot means the same host
const isZoneHost = (host) => table.zones.some((zone) => host === zone || host.endsWith(`.${zone}`));

export function noteServedHost(url) {
  const host = nameOf(url);
  if (served.has(host) || isZoneHost(host) || isLocalName(host)) return;
  if (served.size >= SERVED_HOSTS) served.delete(served.values().next().value);
  served.add(host);
}

function belongsToEdge(url) {
  return isZoneHost(nameOf(url)) || served.has(nameOf(url)) || Number(url.port) === table.edgePort;
}

export class Outbound extends WorkerEntrypoint {
  async fetch(request) {
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    const via = headers.get('cf-ew-via');
    headers.set('cf-ew-via', via ? `${via}, 15` : '15');
    headers.set('cf-worker', table.zones[0] ?? 'edge'); // the requester; scripts cannot remove it
    const marked = new Request(request, { headers });
    const own = ownerOf(nameOf(url));
    if (own && nameOf(url).endsWith('.workers.dev')) return errorPage(1042, 404);
    if (own) return this.#askDomain(own.script, marked);
    if (belongsToEdge(url)) return askOrigin(table.origin && this.env.ORIGIN, marked);
    return this.env.NETWORK.fetch(marked);
  }

  #askDomain(script, request) {
    if (request.headers.get('cf-ew-via').split(',').length > LOOP_LIMIT) return errorPage(1019, 522);
    const options = { script };
    return run(hostOf(this.env, this.ctx), versionOfService(script, request.headers), request, options);
  }
}

// The fetch() of uploaded scripts. Requests to hosts of this edge go to the zone's origin, never to
// a Worker (as on Cloudflare within a zone); all others go to the network.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { askOrigin } from './pages.js';
import { table } from './table.js';

const SERVED_HOSTS = 10_000;
const served = new Set(); // hosts outside the zones that were served by a wildcard route
const isLocalName = (host) => /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host);
const isZoneHost = (host) => table.zones.some((zone) => host === zone || host.endsWith(`.${zone}`));

export function noteServedHost(host) {
  if (served.has(host) || isZoneHost(host) || isLocalName(host)) return;
  if (served.size >= SERVED_HOSTS) served.delete(served.values().next().value);
  served.add(host);
}

function belongsToEdge(url) {
  return isZoneHost(url.hostname) || served.has(url.hostname) || Number(url.port) === table.edgePort;
}

export class Outbound extends WorkerEntrypoint {
  async fetch(request) {
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    const via = headers.get('cf-ew-via');
    headers.set('cf-ew-via', via ? `${via}, 15` : '15');
    headers.set('cf-worker', table.zones[0] ?? 'edge'); // the requester; scripts cannot remove it
    const marked = new Request(request, { headers });
    if (belongsToEdge(url)) return askOrigin(table.origin && this.env.ORIGIN, marked);
    return this.env.NETWORK.fetch(marked);
  }
}

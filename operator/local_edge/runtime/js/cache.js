// The store behind the Cache API, in the memory of this process. The props of a stub determine its scope: the account, or
// one script of an untrusted namespace.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { isKnown, rangeOf, ttlOf, withheld } from './http_cache.js';
import { table } from './table.js';

const CAPACITY = 128 * 1024 * 1024; // bytes of all bodies and heads
const MAX_OBJECT = CAPACITY / 2;
const entries = new Map(); // scope, cache and URL -> {status, headers, body, size, stored, expires}; ordered by last use
let occupied = 0; // bytes

function drop(key) {
  occupied -= entries.get(key)?.size ?? 0;
  return entries.delete(key);
}

function fresh(key) {
  const found = entries.get(key);
  if (found && found.expires > Date.now()) return found;
  if (found) drop(key);
  return undefined;
}

function keep(key, entry) {
  drop(key);
  entries.set(key, entry);
  occupied += entry.size;
  for (const oldest of entries.keys()) {
    if (occupied <= CAPACITY) return;
    drop(oldest);
  }
}

// Returns a body as one buffer, or null if it exceeds the maximum size.
async function collect(body) {
  const chunks = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_OBJECT) return null;
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}

async function put(key, request) {
  const kept = JSON.parse(decodeURIComponent(request.headers.get('x-entry')));
  const headers = new Headers(kept.headers);
  const stored = Date.now();
  const ttl = ttlOf(kept.status, headers, stored);
  if (ttl === 0) return;
  for (const name of [...withheld(headers), 'content-length']) headers.delete(name);
  const body = await collect(request.body);
  if (body === null) return;
  const size = body.byteLength + key.length + request.headers.get('x-entry').length;
  keep(key, { status: kept.status, headers, body, size, stored, expires: stored + ttl * 1000 });
}

function match(key, asked) {
  const found = fresh(key);
  if (!found) return new Response(null, { status: 404, headers: { 'x-edge-missing': '1' } });
  entries.delete(key);
  entries.set(key, found);
  const { status, body } = found;
  const headers = new Headers(found.headers);
  headers.set('cf-cache-status', 'HIT');
  headers.set('age', String(Math.floor((Date.now() - found.stored) / 1000)));
  if (status !== 200) return new Response(status === 204 ? null : body, { status, headers });
  if (isKnown(asked, headers)) return new Response(null, { status: 304, headers });
  const range = rangeOf(asked, headers, body.byteLength);
  if (range === null) return new Response(body, { status, headers });
  const whole = `/${body.byteLength}`;
  headers.set('content-range', range === 'none' ? `bytes *${whole}` : `bytes ${range.join('-')}${whole}`);
  if (range === 'none') return new Response(null, { status: 416, headers });
  return new Response(body.slice(range[0], range[1] + 1), { status: 206, headers });
}

export class CacheStore extends WorkerEntrypoint {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const key = JSON.stringify([this.ctx.props.scope, searchParams.get('cache'), searchParams.get('url')]);
    // The jail has no cache: its entries would outlive a deletion in the pool.
    if (request.method === 'GET') return match(table.journal ? '' : key, request.headers);
    if (request.method === 'DELETE') return new Response(null, { status: fresh(key) && drop(key) ? 200 : 404 });
    if (!table.journal) await put(key, request);
    return new Response();
  }
}

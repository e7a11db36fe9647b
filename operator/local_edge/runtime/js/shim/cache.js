// The Cache API. Entries are held by the supervisor, which also judges their age; the scope of the
// stub (the zone, or one dispatch namespace) keeps caches of others apart.

const MAX_AGE = /(?:^|[,\s])s-maxage=(\d+)/i;
const MAX_AGE_PRIVATE = /(?:^|[,\s])max-age=(\d+)/i;
const UNCACHEABLE = /(?:^|[,\s])(?:no-store|no-cache|private)\b/i;
const DEFAULT_TTL = 7200; // seconds, for a 200 without Cache-Control

function ttlOf(response) {
  const control = response.headers.get('cache-control') ?? '';
  if (UNCACHEABLE.test(control)) return 0;
  const age = MAX_AGE.exec(control) ?? MAX_AGE_PRIVATE.exec(control);
  if (age) return Number(age[1]);
  const expires = Date.parse(response.headers.get('expires') ?? '');
  if (!Number.isNaN(expires)) return Math.max(0, Math.floor((expires - Date.now()) / 1000));
  return DEFAULT_TTL;
}

function checkPut(request, response) {
  if (request.method !== 'GET') throw new TypeError('Cannot cache response to non-GET request.');
  if (response.status === 206) throw new TypeError('Cannot cache response to a range request (206 Partial Content).');
  if (response.headers.get('vary')?.includes('*')) throw new TypeError("Cannot cache response with 'Vary: *' header.");
}

const requestOf = (input) => (input instanceof Request ? input : new Request(input));

class Cache {
  #stub;
  #name;

  constructor(stub, name) {
    this.#stub = stub;
    this.#name = name;
  }

  #path(request) {
    const url = new URL(request.url);
    url.hash = '';
    return `http://edge/entry?${new URLSearchParams({ cache: this.#name, url: url.href })}`;
  }

  async put(input, response) {
    const request = requestOf(input);
    checkPut(request, response);
    const ttl = ttlOf(response);
    if (ttl === 0 || response.headers.has('set-cookie')) {
      await response.body?.cancel();
      return;
    }
    const kept = { status: response.status, headers: [...response.headers] };
    const headers = { 'x-entry': encodeURIComponent(JSON.stringify(kept)), 'x-ttl': String(ttl) };
    const body = await response.arrayBuffer();
    await (await this.#stub.fetch(this.#path(request), { method: 'PUT', headers, body })).body?.cancel();
  }

  async match(input, options = {}) {
    const request = requestOf(input);
    if (request.method !== 'GET' && !options.ignoreMethod) return undefined;
    const found = await this.#stub.fetch(this.#path(request));
    if (found.status === 404) {
      await found.body?.cancel();
      return undefined;
    }
    const { status, headers } = JSON.parse(decodeURIComponent(found.headers.get('x-entry')));
    const answer = new Response(status === 204 || status === 304 ? null : found.body, { status, headers });
    answer.headers.set('cf-cache-status', 'HIT');
    answer.headers.set('age', found.headers.get('x-age'));
    const etag = answer.headers.get('etag');
    if (etag && request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: answer.headers });
    return answer;
  }

  async delete(input, options = {}) {
    const request = requestOf(input);
    if (request.method !== 'GET' && !options.ignoreMethod) return false;
    const response = await this.#stub.fetch(this.#path(request), { method: 'DELETE' });
    await response.body?.cancel();
    return response.status === 200;
  }
}

// Scripts of a namespace of untrusted Workers have no default cache.
class NoCache {
  async #refuse() {
    throw new Error('caches.default is not available to scripts of a dispatch namespace; use caches.open().');
  }
  put() {
    return this.#refuse();
  }
  match() {
    return this.#refuse();
  }
  delete() {
    return this.#refuse();
  }
}

export class CacheStorage {
  #stub;

  constructor(stub, hasDefault) {
    this.#stub = stub;
    this.default = hasDefault ? new Cache(stub, '') : new NoCache();
  }

  async open(name) {
    return new Cache(this.#stub, `named:${name}`);
  }
}

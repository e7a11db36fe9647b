// The Cache API. The store behind the stub (../cache.js) decides what is kept and for how long. Its scope (the account, or
// one script of an untrusted namespace) isolates caches from each other.

const CONDITIONS = ['if-none-match', 'if-modified-since', 'range', 'if-range'];

function checkPut(request, response) {
  if (request.method !== 'GET') throw new TypeError('Cannot cache response to non-GET request.');
  if (response.webSocket) throw new TypeError('Cannot cache WebSocket upgrade response.');
  if (response.status === 206) throw new TypeError('Cannot cache response to a range request (206 Partial Content).');
  if (response.headers.get('vary')?.includes('*')) throw new TypeError("Cannot cache response with 'Vary: *' header.");
  if (response.bodyUsed || response.body?.locked) throw new TypeError('Body has already been used.');
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
    if (response.status === 304) return; // meaningless without the response that it refers to
    const kept = { status: response.status, headers: [...response.headers] };
    const headers = { 'x-entry': encodeURIComponent(JSON.stringify(kept)) };
    const stored = await this.#stub.fetch(this.#path(request), { method: 'PUT', headers, body: response.body });
    await stored.body?.cancel();
  }

  async match(input, options = {}) {
    const request = requestOf(input);
    if (request.method !== 'GET' && !options.ignoreMethod) return undefined;
    const names = CONDITIONS.filter((name) => request.headers.has(name));
    const headers = Object.fromEntries(names.map((name) => [name, request.headers.get(name)]));
    const found = await this.#stub.fetch(this.#path(request), { headers });
    return found.headers.has('x-edge-missing') ? undefined : found;
  }

  async delete(input, options = {}) {
    const request = requestOf(input);
    if (request.method !== 'GET' && !options.ignoreMethod) return false;
    return (await this.#stub.fetch(this.#path(request), { method: 'DELETE' })).status === 200;
  }
}

// Scripts of untrusted namespaces have no default cache.
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

// A KV namespace binding, with Cloudflare's checks and error messages.

import { changeCount, keep, recall } from './copies.js';

const MAX_KEY_BYTES = 512;
const MAX_METADATA_BYTES = 1024;
const MIN_TTL = 60; // seconds
const MAX_MANY = 100;
const MAX_LIST = 1000;
const encoder = new TextEncoder();
const byteLength = (text) => encoder.encode(text).length;
const failed = (operation, status, message) => new Error(`KV ${operation} failed: ${status} ${message}`);

// Returns the key as a string; numbers and booleans are accepted, too.
function checkKey(operation, given) {
  const key = ['number', 'bigint', 'boolean'].includes(typeof given) ? String(given) : given;
  if (typeof key !== 'string' || key === '') throw new TypeError('Key name cannot be empty.');
  if (key === '.' || key === '..') throw new TypeError(`"${key}" is not allowed as a key name.`);
  const length = key.length * 3 > MAX_KEY_BYTES ? byteLength(key) : 0;
  if (length > MAX_KEY_BYTES) {
    throw failed(operation, 414, `UTF-8 encoded length of ${length} exceeds key length limit of ${MAX_KEY_BYTES}.`);
  }
  return key;
}

function checkPut(value, { expiration, expirationTtl }, metadata) {
  const isBuffer = value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  if (value !== null && typeof value === 'object' && !isBuffer && !(value instanceof ReadableStream)) {
    throw new TypeError('KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.');
  }
  const length = metadata === undefined ? 0 : byteLength(metadata);
  if (length > MAX_METADATA_BYTES) {
    throw failed('PUT', 413, `Metadata length of ${length} exceeds limit of ${MAX_METADATA_BYTES}.`);
  }
  checkExpiration('expiration', expiration, Date.now() / 1000, 'the current number of seconds since the UNIX epoch');
  checkExpiration('expiration_ttl', expirationTtl, 0, '0');
}

function checkExpiration(name, value, least, word) {
  if (value === undefined) return;
  const invalid = `Invalid ${name} of ${value}.`;
  if (!Number.isSafeInteger(Math.trunc(Number(value))) || Number(value) <= least) {
    throw failed('PUT', 400, `${invalid} Please specify integer greater than ${word}.`);
  }
  if (Number(value) >= least + MIN_TTL) return;
  const rule = name === 'expiration' ? `times must be at least ${MIN_TTL} seconds in the future` : `TTL must be at least ${MIN_TTL}`;
  throw failed('PUT', 400, `${invalid} Expiration ${rule}.`);
}

function checkLimit(limit) {
  const rule = limit > MAX_LIST ? `less than ${MAX_LIST}` : 'greater than 0';
  if (limit >= 1 && limit <= MAX_LIST) return Math.trunc(limit);
  throw failed('GET', 400, `Invalid key_count_limit of ${limit}. Please specify an integer ${rule}.`);
}

const decode = (response, type) => {
  if (type === 'arrayBuffer') return response.arrayBuffer();
  return type === 'stream' ? response.body : response.text();
};
const found = ({ value, metadata }, type) => ({
  value: type === 'json' ? JSON.parse(value) : value,
  metadata: metadata === null ? null : JSON.parse(decodeURIComponent(metadata)),
  cacheStatus: null,
});
const typeOf = (options) => (typeof options === 'string' ? options : (options?.type ?? 'text'));

export class KVNamespace {
  #stub;
  #id;

  constructor(stub, id) {
    this.#stub = stub;
    this.#id = id;
  }

  async #call(operation, path, init) {
    const response = await this.#stub.fetch(`http://edge${path}`, init);
    if (!response.ok && response.status !== 404) throw failed(operation, response.status, await response.text());
    return response;
  }

  async #one(name, type) {
    const key = checkKey('GET', name);
    const isText = type === 'text' || type === 'json';
    const id = `${this.#id}/${key}`;
    const copy = isText && recall(id);
    if (copy) return found(copy, type);
    const asked = changeCount();
    const response = await this.#call('GET', `/value?key=${encodeURIComponent(key)}`);
    if (response.status === 404) {
      await response.body?.cancel();
      return { value: null, metadata: null, cacheStatus: null };
    }
    const metadata = response.headers.get('x-metadata');
    if (!isText) return found({ value: await decode(response, type), metadata }, type);
    const fresh = { value: await response.text(), metadata, expires: Number(response.headers.get('x-edge-keep') ?? 0) };
    if (fresh.expires > 0) keep(id, fresh, asked);
    return found(fresh, type);
  }

  async #many(names, type) {
    if (type !== 'text' && type !== 'json') throw failed('GET_BULK', 400, `"${type}" is not a valid type. Use "json" or "text"`);
    if (names.length > MAX_MANY) throw failed('GET_BULK', 400, `You can request a maximum of ${MAX_MANY} keys`);
    const keys = names.map((name) => checkKey('GET_BULK', name));
    const response = await this.#call('GET_BULK', '/many', { method: 'POST', body: JSON.stringify(keys) });
    const found = await response.json();
    const entry = ({ value, metadata }) => ({ value: type === 'json' ? JSON.parse(value) : value, metadata });
    return new Map(keys.map((key) => [key, key in found ? entry(found[key]) : null]));
  }

  async get(key, options) {
    if (!Array.isArray(key)) return (await this.#one(key, typeOf(options))).value;
    const entries = await this.#many(key, typeOf(options));
    return new Map([...entries].map(([name, entry]) => [name, entry && entry.value]));
  }

  async getWithMetadata(key, options) {
    if (!Array.isArray(key)) return this.#one(key, typeOf(options));
    const entries = await this.#many(key, typeOf(options));
    return new Map([...entries].map(([name, entry]) => [name, entry ?? { value: null, metadata: null }]));
  }

  async put(name, value, options = {}) {
    const key = checkKey('PUT', name);
    const metadata = options.metadata === undefined ? undefined : JSON.stringify(options.metadata);
    checkPut(value, options, metadata);
    const query = new URLSearchParams({ key });
    if (options.expiration !== undefined) query.set('expiration', options.expiration);
    if (options.expirationTtl !== undefined) query.set('expiration_ttl', options.expirationTtl);
    const headers = metadata === undefined ? {} : { 'x-metadata': encodeURIComponent(metadata) };
    const body = value !== null && typeof value === 'object' ? value : String(value);
    const response = await this.#call('PUT', `/value?${query}`, { method: 'PUT', body, headers });
    await response.body?.cancel();
  }

  async delete(name) {
    const key = checkKey('DELETE', name);
    const response = await this.#call('DELETE', `/value?key=${encodeURIComponent(key)}`, { method: 'DELETE' });
    await response.body?.cancel();
  }

  async list({ prefix, limit, cursor } = {}) {
    const query = new URLSearchParams();
    if (prefix) query.set('prefix', prefix);
    if (limit !== undefined && limit !== null) query.set('limit', checkLimit(limit));
    if (cursor) query.set('cursor', cursor);
    return (await this.#call('GET', `/keys?${query}`)).json();
  }
}

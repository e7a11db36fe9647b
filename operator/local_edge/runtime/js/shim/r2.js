// An R2 bucket binding: head, get, put, delete and list, with ranges and conditions, without multipart
// uploads. The header x-object carries the metadata of an object as URL-encoded JSON.

import { changeCount, keep, MAX_VALUE, recall } from './copies.js';

const HTTP_METADATA = {
  contentType: 'content-type',
  contentLanguage: 'content-language',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  cacheControl: 'cache-control',
};
const MISSING = 404;
const LENGTH_REQUIRED = 411;
const PRECONDITION_FAILED = 412;
const MAX_KEY_BYTES = 1024;
const MAX_METADATA_BYTES = 8192;
const MAX_DELETE = 1000;
const CLASSES = ['Standard', 'InfrequentAccess'];
const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer;
const bytesOf = (data) =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
const hex = (data) => Array.from(bytesOf(data), (byte) => byte.toString(16).padStart(2, '0')).join('');
const byteLength = (text) => new TextEncoder().encode(text).length;
const metadataOf = (response) => decodeURIComponent(response.headers.get('x-object'));
const objectOf = (response) => JSON.parse(metadataOf(response));

function checkKey(operation, key) {
  const length = byteLength(`${key}`);
  if (length === 0 || length > MAX_KEY_BYTES) throw new Error(`${operation}: The specified object name is not valid. (10020)`);
}

function checkPut({ customMetadata, storageClass }) {
  const size = Object.entries(customMetadata ?? {}).reduce((sum, pair) => sum + byteLength(pair.join('')), 0);
  if (size > MAX_METADATA_BYTES) {
    throw new Error('put: Your metadata headers exceed the maximum allowed metadata size. (10012)');
  }
  if (storageClass !== undefined && !CLASSES.includes(storageClass)) {
    throw new Error('put: The storage class specified is not valid. (10062)');
  }
}

// The checksum among the options of a put, as [algorithm, hex], or undefined.
function checksumOf(options) {
  const given = HASHES.filter((name) => options[name] !== undefined && options[name] !== null);
  if (given.length > 1) throw new TypeError('You cannot specify multiple hashing algorithms.');
  return given.map((name) => [name, typeof options[name] === 'string' ? options[name] : hex(options[name])])[0];
}

function refuseKeys(operation, { ssecKey }) {
  if (ssecKey !== undefined) throw new Error(`${operation}: the local edge has no encryption with keys of one's own (ssecKey).`);
}

class R2Object {
  constructor(details) {
    const { key, version, size, etag, uploaded, httpMetadata = {}, customMetadata = {}, storageClass = 'Standard' } = details;
    Object.assign(this, { key, version, size, etag, httpEtag: `"${etag}"`, uploaded: new Date(uploaded) });
    Object.assign(this, { httpMetadata: { ...httpMetadata }, customMetadata, storageClass });
    this.checksums = { md5: unhex(etag), toJSON: () => ({ md5: etag }) };
    if (httpMetadata.cacheExpiry) this.httpMetadata.cacheExpiry = new Date(httpMetadata.cacheExpiry);
    if (details.range) this.range = details.range;
  }

  writeHttpMetadata(headers) {
    for (const [field, name] of Object.entries(HTTP_METADATA)) {
      if (this.httpMetadata[field]) headers.set(name, this.httpMetadata[field]);
    }
    if (this.httpMetadata.cacheExpiry) headers.set('expires', this.httpMetadata.cacheExpiry.toUTCString());
  }
}

class R2ObjectBody extends R2Object {
  #response;

  constructor(details, response) {
    super(details);
    this.#response = response;
  }

  get body() {
    return this.#response.body;
  }
  get bodyUsed() {
    return this.#response.bodyUsed;
  }
  text() {
    return this.#response.text();
  }
  json() {
    return this.#response.json();
  }
  arrayBuffer() {
    return this.#response.arrayBuffer();
  }
  bytes() {
    return this.#response.bytes();
  }
  async blob() {
    return new Blob([await this.#response.arrayBuffer()], { type: this.httpMetadata.contentType ?? '' });
  }
}

const bodyOf = ({ value, metadata }) => new R2ObjectBody(JSON.parse(metadata), new Response(value));

function httpMetadataOf(value) {
  if (!(value instanceof Headers)) return value;
  const found = Object.entries(HTTP_METADATA).map(([field, name]) => [field, value.get(name)]);
  const expires = value.get('expires');
  if (expires) found.push(['cacheExpiry', new Date(expires)]);
  return Object.fromEntries(found.filter(([, text]) => text));
}

function rangeOf(range) {
  if (!(range instanceof Headers)) return range;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range.get('range') ?? '') ?? [];
  if (first === undefined) return undefined;
  if (first === '') return { suffix: Number(last) };
  if (last === '') return { offset: Number(first) };
  const length = Number(last) - Number(first) + 1;
  return length > 0 ? { offset: Number(first), length } : undefined;
}

function conditionOf(condition) {
  if (!(condition instanceof Headers)) return condition;
  const etags = (name) => condition.get(name)?.split(',').map((etag) => etag.trim().replace(/^W\//, '').replaceAll('"', ''));
  const date = (name) => (condition.has(name) ? new Date(condition.get(name)) : undefined);
  return {
    etagMatches: etags('if-match'),
    etagDoesNotMatch: etags('if-none-match'),
    uploadedBefore: date('if-unmodified-since'),
    uploadedAfter: date('if-modified-since'),
  };
}

export class R2Bucket {
  #stub;
  #id;

  constructor(stub, id) {
    this.#stub = stub;
    this.#id = id;
  }

  async #call(operation, path, init) {
    const response = await this.#stub.fetch(`http://edge${path}`, init);
    if (response.ok || response.status === MISSING || response.status === PRECONDITION_FAILED) return response;
    const text = await response.text();
    throw response.status === LENGTH_REQUIRED ? new TypeError(text) : new Error(`${operation}: ${text}`);
  }

  #object(operation, method, key, options, body) {
    checkKey(operation, key);
    const given = JSON.stringify(options);
    const headers = given === '{}' ? {} : { 'x-options': encodeURIComponent(given) };
    return this.#call(operation, `/object?key=${encodeURIComponent(key)}`, { method, headers, body });
  }

  async head(key) {
    const response = await this.#object('head', 'HEAD', key, {});
    return response.status === MISSING ? null : new R2Object(objectOf(response));
  }

  async get(key, { range, onlyIf, ...rest } = {}) {
    refuseKeys('get', rest);
    const options = { range: rangeOf(range), onlyIf: conditionOf(onlyIf) };
    const id = `${this.#id}/${key}`;
    const copy = !options.range && !options.onlyIf && recall(id);
    if (copy) return bodyOf(copy);
    const asked = changeCount();
    const response = await this.#object('get', 'GET', key, options);
    if (response.status === MISSING) {
      await response.body?.cancel();
      return null;
    }
    if (response.status === PRECONDITION_FAILED) return new R2Object(objectOf(response));
    const expires = Number(response.headers.get('x-edge-keep') ?? 0);
    if (expires === 0 || objectOf(response).size > MAX_VALUE) return new R2ObjectBody(objectOf(response), response);
    const fresh = { value: await response.bytes(), metadata: metadataOf(response), expires };
    keep(id, fresh, asked);
    return bodyOf(fresh);
  }

  async put(key, value, given = {}) {
    refuseKeys('put', given);
    checkPut(given);
    const { httpMetadata, customMetadata, onlyIf, storageClass } = given;
    const options = {
      httpMetadata: httpMetadataOf(httpMetadata),
      customMetadata,
      onlyIf: conditionOf(onlyIf),
      storageClass,
      checksum: checksumOf(given),
    };
    const response = await this.#object('put', 'PUT', key, options, value ?? '');
    if (response.status === PRECONDITION_FAILED) return null;
    return new R2Object(await response.json());
  }

  async delete(keys) {
    const all = [keys].flat();
    if (all.length > MAX_DELETE) throw new Error(`delete: At most ${MAX_DELETE} keys can be deleted in one call.`);
    const body = JSON.stringify(all);
    const response = await this.#call('delete', '/delete', { method: 'POST', body });
    await response.body?.cancel();
  }

  async list(options = {}) {
    const response = await this.#call('list', '/list', { method: 'POST', body: JSON.stringify(options) });
    const page = await response.json();
    const wanted = (details, field) => (options.include?.includes(field) ? details[field] : {});
    page.objects = page.objects.map((details) => {
      const shown = { httpMetadata: wanted(details, 'httpMetadata'), customMetadata: wanted(details, 'customMetadata') };
      return new R2Object({ ...details, ...shown });
    });
    return page;
  }

  createMultipartUpload() {
    throw new Error('createMultipartUpload: the local edge has no multipart uploads.');
  }
  resumeMultipartUpload() {
    throw new Error('resumeMultipartUpload: the local edge has no multipart uploads.');
  }
}

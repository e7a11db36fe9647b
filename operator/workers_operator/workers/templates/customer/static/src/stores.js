/** The stores of a site's files: an R2 bucket or a KV namespace, with one interface. */

import { typeOf } from "code24/contenttypes.js";

/** @typedef {{offset: number, length: number}} Part in bytes */

/**
 * @typedef {object} File
 * @property {number} size bytes
 * @property {Headers} headers Content-Type, ETag, and other metadata
 * @property {boolean} isPacked whether it is stored compressed
 * @property {(part: Part | null) => Promise<BodyInit | null>} read null: the file was deleted meanwhile
 */

/** @typedef {(key: string) => Promise<File | null>} Store returns a file by its key; rejects if the store fails */

/**
 * Return the store that the features select, or null.
 * @param {string[]} features
 * @param {{BUCKET?: R2Bucket, PAGES?: KVNamespace}} env
 * @returns {Store | null}
 */
export function storeOf(features, env) {
  const { BUCKET, PAGES } = env;
  if (features.includes("r2") && BUCKET) return (key) => fromBucket(BUCKET, key);
  if (features.includes("kv") && PAGES) return (key) => fromNamespace(PAGES, key);
  return null;
}

/** @param {R2Bucket} bucket @param {string} key @returns {Promise<File | null>} */
async function fromBucket(bucket, key) {
  const found = await bucket.get(key);
  if (found === null) return null;
  const headers = new Headers();
  found.writeHttpMetadata(headers);
  headers.delete("Cache-Control"); // set by the parameters
  headers.delete("Expires");
  headers.set("Content-Type", typeOf(key, found.httpMetadata?.contentType));
  headers.set("ETag", found.httpEtag);
  headers.set("Last-Modified", found.uploaded.toUTCString());
  /** @type {File["read"]} */
  const read = async (part) => {
    if (part === null) return found.body;
    await found.body.cancel();
    const again = await bucket.get(key, { range: part, onlyIf: { etagMatches: found.etag } });
    return again && "body" in again ? again.body : null;
  };
  return { size: found.size, headers, isPacked: headers.has("Content-Encoding"), read };
}

/** @param {KVNamespace} namespace @param {string} key @returns {Promise<File | null>} */
async function fromNamespace(namespace, key) {
  if (key === "" || new TextEncoder().encode(key).length > 512 || key === "." || key === "..") return null; // not a valid key
  /** @type {KVNamespaceGetWithMetadataResult<ArrayBuffer, {contentType?: string}>} */
  const { value, metadata } = await namespace.getWithMetadata(key, { type: "arrayBuffer" });
  if (value === null) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", value)).slice(0, 16);
  const headers = new Headers({
    "Content-Type": typeOf(key, metadata?.contentType),
    ETag: `"${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`,
  });
  /** @type {File["read"]} */
  const read = async (part) => (part === null ? value : value.slice(part.offset, part.offset + part.length));
  return { size: value.byteLength, headers, isPacked: false, read };
}

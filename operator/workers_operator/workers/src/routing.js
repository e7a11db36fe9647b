/**
 * Routing shared by the platform dispatcher and the service router: decodes which versions of a worker serve, and calls
 * one of their instances. The operator writes both forms that are decoded here (domain/serving.py, domain/serving.py).
 */

import { isMissing } from "./errors.js";

const CACHE_TTL_S = 30; // KV's minimum; the default of 60 would delay route changes further

/** @typedef {{hash: string, instances: number}} Version */
/** @typedef {Version & {weight: number}} Canary */
/** @typedef {{cpuMs?: number, subRequests?: number}} Limits */

/** The versions that serve a worker. @typedef {{stable: Version, canary: Canary | null, limits: Limits | null}} Serving */

/** @typedef {{namespace: DispatchNamespace, script: string, serving: Serving}} Callee */

/**
 * Decode a route of a routing entry: {"stable":{"hash","instances"},"limits"?:{"cpuMs","subRequests"},
 * "canary"?:{"hash","instances","weight"}}.
 * @param {{stable?: any, canary?: any, limits?: any}} route
 * @returns {Serving | null} null if the stable version is malformed; a malformed canary is dropped
 */
export function decodeRoute({ stable, canary, limits }) {
  return decode(stable ?? {}, canary ?? {}, limits ?? null);
}

/**
 * Decode the KV metadata of a worker: {"hash","instances","limits"?:[cpuMs,subRequests],
 * "canary"?:[hash,instances,weight]}; null in `limits` means no limit.
 * @param {any} metadata
 * @returns {Serving | null} null if no version is deployed; a malformed canary is dropped
 */
export function decodeMetadata(metadata) {
  const { hash, instances = 0, limits, canary } = metadata ?? {};
  const [canaryHash, canaryInstances, weight] = Array.isArray(canary) ? canary : [];
  return decode(
    { hash, instances },
    { hash: canaryHash, instances: canaryInstances, weight },
    Array.isArray(limits) ? decodeLimits(limits) : null,
  );
}

/** @param {any} stable @param {any} canary @param {Limits | null} limits @returns {Serving | null} */
function decode(stable, canary, limits) {
  if (!isVersion(stable)) return null;
  const { hash, instances } = stable;
  return { stable: { hash, instances }, canary: decodeCanary(canary), limits };
}

/** @param {any} canary @returns {Canary | null} */
function decodeCanary(canary) {
  if (!isVersion(canary) || !("weight" in canary && Number.isFinite(canary.weight))) return null;
  return { hash: canary.hash, instances: canary.instances, weight: Number(canary.weight) };
}

/** @param {(number | null)[]} limits @returns {Limits} */
function decodeLimits([cpuMs, subRequests]) {
  return { ...(cpuMs && { cpuMs }), ...(subRequests && { subRequests }) };
}

/** @param {any} value @returns {value is Version} */
function isVersion({ hash, instances }) {
  return typeof hash === "string" && hash !== "" && Number.isInteger(instances) && instances >= 0;
}

/**
 * Read from KV. Retry a failure once without `cacheTtl`: the failure may have been transient, or the value of
 * `cacheTtl` refused (its minimum was once 60). Malformed JSON is a SyntaxError and is not retried.
 * @template T
 * @param {(options: {cacheTtl?: number}) => Promise<T>} read
 * @returns {Promise<T>}
 */
export async function readKv(read) {
  try {
    return await read({ cacheTtl: CACHE_TTL_S });
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return read({});
  }
}

/**
 * Call one instance of a worker: `pinned`, or else a random one. If that random instance is missing, call another one,
 * once, provided that the body is unread. Errors of the last call are thrown as they are.
 * @param {Callee} callee
 * @param {Request} request
 * @param {{pinned?: number | null, onCall?: (instance: number) => void}} [options] `onCall` runs before every call
 * @returns {Promise<Response>}
 */
export async function callWorker(callee, request, { pinned = null, onCall = () => {} } = {}) {
  const { instances } = callee.serving.stable;
  const instance = pinned ?? randomBelow(instances);
  onCall(instance);
  try {
    return await callInstance(callee, request, instance);
  } catch (error) {
    if (!isMissing(error) || pinned !== null || instances === 1 || request.bodyUsed) throw error;
  }
  const other = (instance + 1 + randomBelow(instances - 1)) % instances;
  onCall(other);
  return callInstance(callee, request, other);
}

/** @param {Callee} callee @param {Request} request @param {number} instance */
async function callInstance({ namespace, script, serving: { stable, limits } }, request, instance) {
  const name = `${script}--${stable.hash}--${instance}`;
  return namespace.get(name, {}, limits ? { limits } : {}).fetch(request);
}

/** @param {number} bound */
function randomBelow(bound) {
  return Math.floor(Math.random() * bound);
}

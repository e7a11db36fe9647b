/**
 * Routing shared by the platform dispatcher and the service router: decodes which versions of a worker serve, and calls
 * one of their instances. The operator writes both forms that are decoded here (domain/serving.py).
 */

import { instanceOf } from "./affinity.js";
import { isMissing } from "./errors.js";
import { isAmong } from "./versions.js";

const CACHE_TTL_S = 30; // KV's minimum; the default of 60 would delay route changes further

/** `out`: instances that get no requests. @typedef {{hash: string, instances: number, out?: number[]}} Version */
/** @typedef {Version & {weight: number}} Canary */
/** @typedef {{cpuMs?: number, subRequests?: number}} Limits */

/** The hosts that a worker may send requests to; null: it has no list of its own. @typedef {string[] | null} Egress */

/**
 * The versions that serve a worker, and what it may do.
 * @typedef {{stable: Version, canary: Canary | null, limits: Limits | null, egress: Egress}} Serving
 */

/** A way to workers; `confined`: behind the outbound Worker. @typedef {{namespace: DispatchNamespace, confined: boolean}} Way */

/** @typedef {Way & {script: string, serving: Serving}} Callee */
/** @typedef {import("./versions.js").Client} Client */
/** @typedef {import("./affinity.js").Session} Session */
/** What is called: the hash of a version, and an instance. @typedef {{version: string, instance: number}} Called */

/**
 * Decode a route of a routing entry: {"stable":{"hash","instances","out"?:[instance]},"limits"?:{"cpuMs","subRequests"},
 * "canary"?:{"hash","instances","weight"},"egress"?:[host]}.
 * @param {{stable?: any, canary?: any, limits?: any, egress?: any}} route
 * @returns {Serving | null} null if the stable version or egress is malformed; a malformed canary is dropped
 */
export function decodeRoute({ stable, canary, limits, egress }) {
  return decode(stable ?? {}, canary ?? {}, limits ?? null, egress ?? null);
}

/**
 * Decode the KV metadata of a worker: {"hash","instances","limits"?:[cpuMs,subRequests],
 * "canary"?:[hash,instances,weight],"egress"?:[host],"out"?:[instance]}; null in `limits` means no limit.
 * @param {any} metadata
 * @returns {Serving | null} null if no version is deployed, or egress is malformed; a malformed canary is dropped
 */
export function decodeMetadata(metadata) {
  const { hash, instances = 0, limits, canary, egress = null, out } = metadata ?? {};
  const [canaryHash, canaryInstances, weight] = Array.isArray(canary) ? canary : [];
  return decode(
    { hash, instances, out },
    { hash: canaryHash, instances: canaryInstances, weight },
    Array.isArray(limits) ? decodeLimits(limits) : null,
    egress,
  );
}

/** @param {any} stable @param {any} canary @param {Limits | null} limits @param {any} egress @returns {Serving | null} */
function decode(stable, canary, limits, egress) {
  if (!isVersion(stable) || (egress !== null && !Array.isArray(egress))) return null;
  const { hash, instances, out } = stable;
  const balanced = Array.isArray(out) && out.length > 0 ? { hash, instances, out } : { hash, instances };
  return { stable: balanced, canary: decodeCanary(canary), limits, egress };
}

/** @param {any} canary @returns {Canary | null} */
function decodeCanary(canary) {
  if (!isVersion(canary) || !("weight" in canary && Number.isFinite(canary.weight))) return null;
  if (canary.instances === 0) return null;
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
 * Return the way to a worker: behind the outbound Worker (binding CONFINED) if it has a list of hosts of its own, or if
 * the platform confines all workers (there is no binding DISPATCHER then). Return null if there is no such way: nothing
 * may go out unchecked.
 * @param {Serving} serving
 * @param {{DISPATCHER?: DispatchNamespace, CONFINED?: DispatchNamespace}} env
 * @returns {Way | null}
 */
export function wayTo({ egress }, { DISPATCHER, CONFINED }) {
  const confined = egress !== null || !DISPATCHER;
  const namespace = confined ? CONFINED : DISPATCHER;
  return namespace ? { namespace, confined } : null;
}

/**
 * Call one instance of a worker: `pinned` of the stable version, or else one of the version that the client's place
 * leads to: the session's, or a random one. If that instance is missing, call another one of the stable version, once,
 * provided that the body is unread. Errors of the last call are thrown as they are.
 * @param {Callee} callee
 * @param {Request} request
 * @param {{pinned?: number | null, client?: Client | null, session?: Session | null, onCall?: (called: Called) => void}}
 * [options] `onCall` runs before every call
 * @returns {Promise<Response>}
 */
export async function callWorker(callee, request, options = {}) {
  const { pinned = null, client = null, session = null, onCall = () => {} } = options;
  const { stable, canary } = callee.serving;
  const isFirst = pinned === null && canary !== null && client !== null && isAmong(client, canary.weight);
  const version = isFirst ? canary : stable;
  const candidates = inBalance(version);
  const instance = pinned ?? oneOf(candidates, session);
  onCall({ version: version.hash, instance });
  try {
    return await callInstance(callee, request, version.hash, instance);
  } catch (error) {
    if (!isMissing(error) || pinned !== null || request.bodyUsed) throw error;
    const others = isFirst ? inBalance(stable) : candidates.filter((one) => one !== instance);
    if (others.length === 0) throw error;
    const other = oneOf(others, session);
    onCall({ version: stable.hash, instance: other });
    return callInstance(callee, request, stable.hash, other);
  }
}

/** @param {Callee} callee @param {Request} request @param {string} hash @param {number} instance */
async function callInstance({ namespace, confined, script, serving }, request, hash, instance) {
  const { limits, egress } = serving;
  const name = `${script}--${hash}--${instance}`;
  const options = { ...(limits && { limits }), ...(confined && { outbound: { allow: JSON.stringify(egress) } }) };
  return namespace.get(name, {}, options).fetch(request);
}

/** Return the instances that get requests: all, if all are said to get none. @param {Version} version */
function inBalance({ instances, out = [] }) {
  const all = Array.from({ length: instances }, (_, instance) => instance);
  const left = all.filter((instance) => !out.includes(instance));
  return left.length > 0 ? left : all;
}

/** Return the session's instance, or a random one. @param {number[]} instances @param {Session | null} session */
function oneOf(instances, session) {
  return session ? instanceOf(session, instances) : instances[Math.floor(Math.random() * instances.length)];
}

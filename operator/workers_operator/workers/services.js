/**
 * The service router: lets one worker of the dispatch namespace call another through a service binding.
 *
 * Bindings: DISPATCHER (dispatch namespace), WORKER_METADATA (KV). The operator adds an entrypoint for every worker that
 * others call, e.g. `export const to_prices = leadsTo("prices");`. A caller is bound to its callee's entrypoint only.
 *
 * The version to ask stands in the KV metadata of `worker:<scriptName>` (written by the operator, domain/observed.py):
 *   {"hash":"ab12cd34","instances":2,"limits":[100,50]}  (limits: CPU milliseconds, subrequests; null is no limit)
 * Errors of the callee reach the caller as they are. Answers of our own are JSON with the header `Code24-Error`.
 */

import { WorkerEntrypoint } from "cloudflare:workers";

const CACHE_TTL_S = 30; // the least that KV allows

/** @typedef {{hash?: string, instances?: number, limits?: [number | null, number | null] | null}} Metadata */
/** @typedef {{DISPATCHER: DispatchNamespace, WORKER_METADATA: KVNamespace}} Env */

/**
 * An entrypoint that leads to a worker: `scriptName` as in its metadata key, `base` as in its uploaded scripts.
 * @param {string} scriptName
 */
// @ts-expect-error: called by what the operator adds
function leadsTo(scriptName, base = scriptName) {
  return class extends WorkerEntrypoint {
    /** @override @param {Request} request */
    async fetch(request) {
      const { DISPATCHER, WORKER_METADATA } = /** @type {Env} */ (this.env);
      const options = { cacheTtl: CACHE_TTL_S };
      const found = await WORKER_METADATA.getWithMetadata(`worker:${scriptName}`, options);
      const metadata = /** @type {Metadata | null} */ (found.metadata);
      if (!metadata?.hash) return refuse("worker_unavailable", "The service is not available at the moment.");
      if (!((metadata.instances ?? 0) > 0)) return refuse("parked", "The service is paused.");
      return ask(DISPATCHER, base, metadata, request);
    }
  };
}

/** @param {DispatchNamespace} namespace @param {string} base @param {Metadata} metadata @param {Request} request */
function ask(namespace, base, { hash, instances = 1, limits }, request) {
  const name = `${base}--${hash}--${Math.floor(Math.random() * instances)}`;
  const [cpuMs, subRequests] = limits ?? [];
  const given = { ...(cpuMs && { cpuMs }), ...(subRequests && { subRequests }) };
  return namespace.get(name, {}, limits ? { limits: given } : {}).fetch(request);
}

/** @param {string} code @param {string} message */
function refuse(code, message) {
  return Response.json(
    { error: { code, message } },
    { status: 503, headers: { "Cache-Control": "no-store", "Code24-Error": code, "Retry-After": "10" } },
  );
}

export default {
  fetch() {
    return refuse("worker_unavailable", "Services are called through bindings.");
  },
};


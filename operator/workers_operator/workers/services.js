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

/** An entrypoint that leads to a worker: `scriptName` as in its metadata key, `base` as in its uploaded scripts. */
function leadsTo(scriptName, base = scriptName) {
  return class extends WorkerEntrypoint {
    async fetch(request) {
      const { metadata } = await this.env.WORKER_METADATA.getWithMetadata(`worker:${scriptName}`, {
        cacheTtl: CACHE_TTL_S,
      });
      if (!metadata?.hash) return refuse("worker_unavailable", "The service is not available at the moment.");
      if (!(metadata.instances > 0)) return refuse("parked", "The service is paused.");
      return ask(this.env.DISPATCHER, base, metadata, request);
    }
  };
}

function ask(namespace, base, { hash, instances, limits }, request) {
  const name = `${base}--${hash}--${Math.floor(Math.random() * instances)}`;
  const [cpuMs, subRequests] = limits ?? [];
  const given = { ...(cpuMs && { cpuMs }), ...(subRequests && { subRequests }) };
  return namespace.get(name, {}, limits ? { limits: given } : {}).fetch(request);
}

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


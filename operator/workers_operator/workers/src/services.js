/**
 * The service router: lets one worker of the dispatch namespace call another through a service binding.
 *
 * Bindings: DISPATCHER (dispatch namespace), WORKER_METADATA (KV).
 *
 * The operator uploads this module together with a main module that exports one entrypoint for every called worker,
 * e.g. `export const to_prices = leadsTo("prices", "prices");`. A caller is bound to its callee's entrypoint only.
 *
 * The callee's version comes from the KV metadata of `worker:<scriptName>` (see routing.js). Errors of the callee reach
 * the caller unchanged. The router's own error responses are JSON with the header `Code24-Error`.
 */

import { WorkerEntrypoint } from "cloudflare:workers";
import { errorJson } from "./errors.js";
import { callWorker, decodeMetadata, readKv } from "./routing.js";

/** @typedef {{DISPATCHER: DispatchNamespace, WORKER_METADATA: KVNamespace}} Env */

/**
 * Return an entrypoint class that calls a worker.
 * @param {string} scriptName the name in the worker's metadata key
 * @param {string} script the first part of the names of its uploaded scripts
 */
export function leadsTo(scriptName, script = scriptName) {
  return class extends WorkerEntrypoint {
    /** @override @param {Request} request */
    async fetch(request) {
      const { DISPATCHER: namespace, WORKER_METADATA } = /** @type {Env} */ (this.env);
      const key = `worker:${scriptName}`;
      const { metadata } = await readKv((options) => WORKER_METADATA.getWithMetadata(key, options));
      const serving = decodeMetadata(metadata);
      if (!serving) return refuse("worker_unavailable", "The service is not available at the moment.");
      if (serving.stable.instances === 0) return refuse("parked", "The service is paused.");
      return callWorker({ namespace, script, serving }, request);
    }
  };
}

/** @param {string} code @param {string} message */
function refuse(code, message) {
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Code24-Error": code,
    "Retry-After": "10",
  };
  return new Response(errorJson(code, message), { status: 503, headers });
}

export default {
  fetch() {
    return refuse("worker_unavailable", "Services are called through bindings.");
  },
};

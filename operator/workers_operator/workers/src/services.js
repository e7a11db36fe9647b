/**
 * The service router: lets one worker of the dispatch namespace call another through a service binding.
 *
 * Bindings: DISPATCHER and CONFINED (dispatch namespace; see wayTo in routing.js), WORKER_METADATA (KV).
 *
 * The operator uploads this module together with a main module that exports one entrypoint for every called worker,
 * e.g. `export const to_4f2a = leadsTo("prices", "prices", "4f2a");`. A caller is bound to its callee's entrypoint only,
 * and gets no answer of another object that has taken the callee's name.
 *
 * A dispatch namespace hands on requests only, to the default entrypoint: calls by RPC throw an error that says so.
 *
 * The callee's version comes from the KV metadata of `worker:<scriptName>` (see routing.js). Errors of the callee reach
 * the caller unchanged. The router's own error responses are JSON with the header `Code24-Error`.
 */

import { WorkerEntrypoint } from "cloudflare:workers";
import { errorJson } from "./errors.js";
import { callWorker, decodeMetadata, readKv, wayTo } from "./routing.js";
import { clientOf } from "./versions.js";

/** @typedef {{DISPATCHER?: DispatchNamespace, CONFINED?: DispatchNamespace, WORKER_METADATA: KVNamespace}} Env */

/**
 * Return an entrypoint class that calls a worker.
 * @param {string} scriptName the name in the worker's metadata key
 * @param {string} script the first part of the names of its uploaded scripts
 * @param {string} uid of the worker's object
 */
export function leadsTo(scriptName, script, uid) {
  class Callee extends WorkerEntrypoint {
    /** @override @param {Request} request */
    async fetch(request) {
      const env = /** @type {Env} */ (this.env);
      const key = `worker:${scriptName}`;
      const { metadata } = await readKv((options) => env.WORKER_METADATA.getWithMetadata(key, options));
      const serving = decodeMetadata(metadata);
      const way = serving && metadata.uid === uid && wayTo(serving, env);
      if (!serving || !way) return refuse("worker_unavailable", "The service is not available at the moment.");
      if (serving.stable.instances === 0) return refuse("parked", "The service is paused.");
      const client = serving.canary && clientOf(request, serving.canary.hash);
      return callWorker({ ...way, script, serving }, request, { client });
    }
  }
  Object.setPrototypeOf(Callee.prototype, withoutRpc);
  return Callee;
}

/** What the runtime itself asks an entrypoint for, besides what every object has. */
const HANDLERS = new Set("alarm connect email queue scheduled tail tailStream test then trace".split(" "));

/** The prototype of entrypoints: a method that is called by RPC says that it cannot be. */
const withoutRpc = new Proxy(WorkerEntrypoint.prototype, {
  get(target, name, receiver) {
    if (typeof name !== "string" || name in target || HANDLERS.has(name)) return Reflect.get(target, name, receiver);
    return () => {
      throw new TypeError(`A service binding carries fetch() only: ${name}() cannot be called by RPC.`);
    };
  },
});

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

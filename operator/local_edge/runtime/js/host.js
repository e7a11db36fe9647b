// The only static worker of a process that runs uploaded code. It finds the current version of a
// script, runs it as a dynamic worker, and implements its service and dispatch bindings.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { CacheStore } from './cache.js';
import { forget, read } from './copies.js';
import { forgetIn } from './isolates.js';
import { evict, evictVersions, load, loadedCount } from './loading.js';
import { noteServedHost, Outbound } from './outbound.js';
import { errorPage } from './pages.js';
import { Dataset } from './points.js';
import { entrypointOf, ExceededLimits, hostOf, run, versionOfService } from './running.js';
import { record } from './recording.js';
import { accountVersion, applyTable, dispatchedVersion, isTailed, sampleRate, table } from './table.js';
import { addressOf, applyRoutes, loopPage, visible, visitOrigin } from './visits.js';

export { CacheStore, Dataset, Outbound };

// What is wanted of us: by the supervisor in the jail, or by a dispatch namespace binding. The router removes it from the
// requests of clients, and a binding sets it anew.
const ORDER = 'x-edge-order';

// Properties that workerd looks for before it calls an entrypoint; they are no RPC methods.
const EVENTS = new Set(
  ('alarm connect queue scheduled self tail tailStream test trace ' +
    'webSocketClose webSocketError webSocketMessage').split(' '),
);

// The target of a service binding: fetch and RPC.
export class Service extends WorkerEntrypoint {
  constructor(ctx, env) {
    super(ctx, env);
    return new Proxy(this, {
      get(target, property) {
        if (property in target || typeof property === 'symbol') {
          const value = target[property];
          return typeof value === 'function' ? value.bind(target) : value;
        }
        if (EVENTS.has(property)) return undefined;
        const { service, entrypoint } = ctx.props;
        return entrypointOf(hostOf(env, ctx), versionOfService(service), { script: service, entrypoint })[property];
      },
    });
  }

  fetch(request) {
    const { service, entrypoint } = this.ctx.props;
    const version = versionOfService(service, request.headers);
    return run(hostOf(this.env, this.ctx), version, request, { script: service, entrypoint });
  }
}

// The target of a dispatch namespace binding; a header carries the name of the script.
export class Dispatch extends WorkerEntrypoint {
  fetch(request) {
    const order = JSON.parse(decodeURIComponent(request.headers.get(ORDER)));
    const namespace = table.namespaces.get(this.ctx.props.namespace);
    const version = dispatchedVersion(namespace, order.name);
    if (!version) throw new Error('Worker not found.');
    const options = { namespace: this.ctx.props.namespace, script: order.name, ...this.#outbound(order) };
    const headers = new Headers(request.headers);
    headers.delete(ORDER);
    if (namespace.trusted) return run(hostOf(this.env, this.ctx), version, request, { ...options, init: { headers } });
    const { url, method, body } = request; // not cf
    const init = { method, headers, body, redirect: 'manual' };
    return run(hostOf(this.env, this.ctx), version, url, { ...options, init });
  }

  // An outbound Worker handles the script's fetch(). Its parameters are part of its environment, so
  // each set of parameters needs its own isolate.
  #outbound(order) {
    const { outbound } = this.ctx.props;
    if (!outbound) return {};
    const parameters = {};
    for (const name of outbound.parameters) parameters[name] = order.outbound?.[name];
    const variant = `~${JSON.stringify([outbound.service, outbound.entrypoint, parameters])}`;
    const props = { service: outbound.service, entrypoint: outbound.entrypoint, parameters, variant };
    return { variant, outbound: this.ctx.exports.OutboundWorker({ props }) };
  }
}

export class OutboundWorker extends WorkerEntrypoint {
  fetch(request) {
    const { service, entrypoint, parameters, variant } = this.ctx.props;
    const version = versionOfService(service, request.headers);
    return run(hostOf(this.env, this.ctx), version, request, { script: service, entrypoint, parameters, variant });
  }
}

// The target of KV and R2 bindings: one path of the supervisor's control server. Plain reads of one key
// are answered from copies.
export class Resource extends WorkerEntrypoint {
  fetch(request) {
    const { pathname, search, searchParams } = new URL(request.url);
    const { path, token } = this.ctx.props;
    const ask = () => this.env.CONTROL.fetch(new Request(`http://control${path}${pathname}${search}`, request));
    const key = searchParams.get('key');
    const plain = key !== null && (request.method === 'GET' || request.method === 'HEAD') && !request.headers.has('x-options');
    return plain ? read(`${path}/${key}`, request.method, token, ask) : ask();
  }
}

// Receives the events of the isolates of one version, and keeps those that are logged or watched.
export class Tail extends WorkerEntrypoint {
  async tail(events) {
    const { namespace, script, version } = this.ctx.props;
    for (const event of events) {
      const logged = Math.random() < sampleRate(namespace, script);
      if (event.event?.rpcMethod?.startsWith('__edge') || !(logged || isTailed(namespace, script))) continue;
      this.ctx.waitUntil(record({ namespace, script, version, logged, event }, this.env));
    }
  }
}

// Handles the supervisor's orders.
export class Orders extends WorkerEntrypoint {
  async fetch(request) {
    const url = new URL(request.url);
    const host = hostOf(this.env, this.ctx);
    if (url.pathname === '/table') {
      const message = await request.json();
      applyRoutes(message);
      applyTable(message);
      if (message.retired?.length) evictVersions(message.retired, host);
      if (message.outdated) {
        forget(message.outdated);
        await forgetIn(message.outdated, host);
      }
      return Response.json({});
    }
    const { version, script, cron, time } = Object.fromEntries(url.searchParams);
    if (url.pathname === '/start') return Response.json(await this.#start(version, await request.json(), host));
    if (url.pathname === '/scheduled') return Response.json(await this.#scheduled(script, cron, Number(time), host));
    return Response.json({ loaded: loadedCount() });
  }

  // Sends a scheduled event to a script and returns its outcome.
  async #scheduled(script, cron, time, host) {
    const version = accountVersion(script);
    if (!version) return { outcome: 'scriptNotFound' };
    const worker = entrypointOf(host, version, { script });
    const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date(time) });
    return { outcome };
  }

  // Starts the code of a version once, returns its handlers or its error, and unloads it.
  async #start(version, code, host) {
    const variant = '~start';
    try {
      const worker = load(version, host, { variant, code });
      return await worker.getEntrypoint('__EdgeControl').__edgeDescribe();
    } catch (error) {
      return { error: String(error?.message ?? error) };
    } finally {
      host.waitUntil(evict(version + variant, host));
    }
  }
}

// The version that a preview host names: by the start of its id, or by its alias.
async function previewed({ script, preview }, env) {
  const found = await env.CONTROL.fetch(`http://control/preview/${script}/${preview}`);
  return found.ok ? found.text() : undefined;
}

// Runs a version, and turns its errors into pages.
async function answer(host, version, request, options) {
  try {
    return await run(host, version, request, options);
  } catch (error) {
    return error instanceof ExceededLimits ? errorPage(1102, 503) : errorPage(1101, 500, error);
  }
}

// A request that a script in the pool has made of a version that only runs in the jail.
function ordered({ version, entrypoint, url, cf }, request, host) {
  const { method, body } = request;
  const made = new Request(url, { method, headers: request.headers, body, redirect: 'manual', cf: cf ?? undefined });
  made.headers.delete(ORDER);
  return answer(host, version, made, { entrypoint });
}

async function visited(request, host) {
  const { url, target } = addressOf(request);
  const loop = loopPage(request);
  if (loop) return loop;
  if (!target) return visitOrigin(request, url, host.env);
  const version = target.preview ? await previewed(target, host.env) : accountVersion(target.script, request.headers);
  if (!version) return errorPage(1042, 404);
  noteServedHost(url);
  return answer(host, version, visible(request, url), { script: target.script });
}

export default {
  async fetch(request, env, ctx) {
    while (!table.ready) await scheduler.wait(2); // just started: the table will arrive in a moment
    const order = request.headers.get(ORDER);
    const host = hostOf(env, ctx);
    return order === null ? visited(request, host) : ordered(JSON.parse(order), request, host);
  },
};

// The only static worker of a process that runs uploaded code. It finds the current version of a
// script, runs it as a dynamic worker, and implements its service and dispatch bindings.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { CacheStore } from './cache.js';
import { evict, evictVersions, load, loadedCount, touch, tracked } from './loading.js';
import { noteServedHost, Outbound } from './outbound.js';
import { errorPage } from './pages.js';
import { accountVersion, applyTable, table } from './table.js';

export { CacheStore, Outbound };

const hostOf = (env, ctx) => ({ env, exports: ctx.exports, waitUntil: (promise) => ctx.waitUntil(promise) });

// Builds a new request, because a copy would keep cf.
const withoutCf = ({ url, method, headers, body, signal }) =>
  new Request(url, { method, headers, body, signal, redirect: 'manual' });

class ExceededLimits extends Error {}

// Lets the supervisor run an invocation in the jail process; error pages are turned back into errors.
async function runJailed(host, version, request, entrypoint) {
  const headers = new Headers(request.headers);
  headers.set('x-edge-jail', JSON.stringify({ version, entrypoint, url: request.url, cf: request.cf }));
  const { method, body } = request;
  const response = await host.env.CONTROL.fetch(
    new Request('http://control/jail', { method, headers, body, redirect: 'manual' }),
  );
  const outcome = response.headers.get('x-edge-error');
  if (outcome === '1102') throw new ExceededLimits('Worker exceeded CPU time limit.');
  if (outcome === '1101') throw new Error(decodeURIComponent(response.headers.get('x-edge-exception') ?? ''));
  return response;
}

// Runs one invocation of a version.
async function run(host, version, request, { entrypoint, variant = '', ...options } = {}) {
  if (table.jailed.has(version) && !table.journal) return runJailed(host, version, request, entrypoint);
  return tracked(version, variant, host, () =>
    load(version, host, { variant, ...options }).getEntrypoint(entrypoint).fetch(request),
  );
}

function versionOfService(name) {
  const version = accountVersion(name);
  if (!version) throw new Error(`Could not resolve service binding: Worker "${name}" not found.`);
  return version;
}

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
        const { service, entrypoint } = ctx.props;
        const host = hostOf(env, ctx);
        const version = versionOfService(service);
        touch(version, host);
        return load(version, host).getEntrypoint(entrypoint)[property];
      },
    });
  }

  fetch(request) {
    const { service, entrypoint } = this.ctx.props;
    return run(hostOf(this.env, this.ctx), versionOfService(service), request, { entrypoint });
  }
}

// The target of a dispatch namespace binding; request.cf carries the name of the script.
export class Dispatch extends WorkerEntrypoint {
  fetch(request) {
    const { __edge: order, ...cf } = request.cf ?? {};
    const namespace = table.namespaces.get(this.ctx.props.namespace);
    const version = namespace?.scripts.get(order?.name);
    if (!version) throw new Error('Worker not found.');
    const visible = namespace.trusted ? new Request(request, { cf }) : withoutCf(request);
    return run(hostOf(this.env, this.ctx), version, visible, this.#outbound(order));
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
    const version = versionOfService(service);
    return run(hostOf(this.env, this.ctx), version, request, { entrypoint, parameters, variant });
  }
}

// The target of KV, R2 and Analytics Engine bindings: one path of the supervisor's control server.
export class Resource extends WorkerEntrypoint {
  fetch(request) {
    const { pathname, search } = new URL(request.url);
    return this.env.CONTROL.fetch(new Request(`http://control${this.ctx.props.path}${pathname}${search}`, request));
  }
}

// Handles the supervisor's orders.
export class Orders extends WorkerEntrypoint {
  async fetch(request) {
    const url = new URL(request.url);
    const host = hostOf(this.env, this.ctx);
    if (url.pathname === '/table') {
      const message = await request.json();
      applyTable(message);
      if (message.retired?.length) evictVersions(message.retired, host);
      return new Response('ok');
    }
    if (url.pathname === '/start') return Response.json(await this.#start(url.searchParams.get('version'), host));
    return Response.json({ loaded: loadedCount() });
  }

  // Starts a version once, returns its handlers or its error, and unloads it.
  async #start(version, host) {
    const variant = '~start';
    try {
      const worker = load(version, host, { variant });
      const response = await worker.getEntrypoint('__EdgeControl').fetch('http://edge/describe');
      return await response.json();
    } catch (error) {
      return { error: String(error?.message ?? error) };
    } finally {
      host.waitUntil(evict(version + variant, host));
    }
  }
}

export default {
  async fetch(request, env, ctx) {
    while (!table.ready) await scheduler.wait(2); // just started: the table will arrive in a moment
    const { __edge: order, ...cf } = request.cf ?? {};
    const version = order?.version ?? accountVersion(order?.script);
    if (!version) return errorPage(1042, 404);
    noteServedHost(new URL(request.url).hostname);
    try {
      const options = { entrypoint: order.entrypoint ?? undefined };
      return await run(hostOf(env, ctx), version, order.bare ? withoutCf(request) : new Request(request, { cf }), options);
    } catch (error) {
      return error instanceof ExceededLimits ? errorPage(1102, 503) : errorPage(1101, 500, error);
    }
  },
};

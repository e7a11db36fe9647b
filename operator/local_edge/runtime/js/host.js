// The only static worker of a process that runs uploaded code. It finds the version that answers
// for a script, runs it as a dynamic worker, and stands behind its service and dispatch bindings.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { CacheStore } from './cache.js';
import { evict, evictVersions, load, loadedCount, touch, tracked } from './loading.js';
import { noteServedHost, Outbound } from './outbound.js';
import { errorPage } from './pages.js';
import { applyTable, table } from './table.js';

export { CacheStore, Outbound };

const hostOf = (env, ctx) => ({ env, exports: ctx.exports, waitUntil: (promise) => ctx.waitUntil(promise) });

// A copy of a request always has its cf, so this is a new one.
const withoutCf = ({ url, method, headers, body, signal }) =>
  new Request(url, { method, headers, body, signal, redirect: 'manual' });

class ExceededLimits extends Error {}

// Has the supervisor run an invocation alone in the jail process; errors come back as errors.
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
  const version = table.scripts.get(name);
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

// The target of a dispatch namespace binding; the script's name comes in request.cf.
export class Dispatch extends WorkerEntrypoint {
  fetch(request) {
    const { __edge: order, ...cf } = request.cf ?? {};
    const namespace = table.namespaces.get(this.ctx.props.namespace);
    const version = namespace?.scripts.get(order?.name);
    if (!version) throw new Error('Worker not found.');
    const visible = namespace.trusted ? new Request(request, { cf }) : withoutCf(request);
    return run(hostOf(this.env, this.ctx), version, visible, this.#outbound(order));
  }

  // An outbound Worker takes the script's fetch(); its parameters are part of its environment, so
  // each set of parameters has isolates of its own.
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

// What stands behind KV, R2 and Analytics Engine objects: one path of the supervisor.
export class Resource extends WorkerEntrypoint {
  fetch(request) {
    const { pathname, search } = new URL(request.url);
    return this.env.CONTROL.fetch(new Request(`http://control${this.ctx.props.path}${pathname}${search}`, request));
  }
}

// The supervisor's orders.
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

  // Starts a version once and throws it away: its handlers, or its error.
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
    while (!table.ready) await scheduler.wait(2); // just started: the table comes in a moment
    const { __edge: order, ...cf } = request.cf ?? {};
    const version = order?.version ?? table.scripts.get(order?.script);
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

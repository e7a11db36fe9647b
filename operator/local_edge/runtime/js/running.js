// Runs invocations of versions: in this process, or in the jail.

import { hasStarted, load, start, touch, tracked } from './loading.js';
import { accountVersion, isTailed, sampleRate, table } from './table.js';

// The stubs are made when they are needed: only the load of a version needs them.
export const hostOf = (env, ctx) => ({
  env,
  get exports() {
    return ctx.exports;
  },
  waitUntil: (promise) => ctx.waitUntil(promise),
});

export class ExceededLimits extends Error {}

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

// The options of an isolate whose events are recorded: while a script is logged or watched, it runs in isolates of its own.
function recorded(host, namespace, script, version, options) {
  if (sampleRate(namespace, script) === 0 && !isTailed(namespace, script)) return options;
  const tails = [host.exports.Tail({ props: { namespace, script, version } })];
  return { ...options, tails, variant: `~tail${options.variant ?? ''}` };
}

// Runs one invocation of a version of a script, with the parameters of fetch(): it makes a copy of the request, so callers
// need not. `namespace` is empty for scripts of the account.
export async function run(host, version, request, { init, namespace = '', script, entrypoint, ...isolate } = {}) {
  if (table.jailed.has(version) && !table.journal) return runJailed(host, version, new Request(request, init), entrypoint);
  const options = recorded(host, namespace, script, version, isolate);
  const variant = options.variant ?? '';
  return tracked(version, variant, host, async () => {
    const worker = load(version, host, options);
    if (!hasStarted(version + variant)) await start(worker, version + variant, host);
    return worker.getEntrypoint(entrypoint).fetch(request, init);
  });
}

// Returns a version's entrypoint for anything but fetch: RPC and scheduled events.
export function entrypointOf(host, version, { script, entrypoint }) {
  const options = recorded(host, '', script, version, {});
  const loaderId = version + (options.variant ?? '');
  touch(loaderId, host);
  const worker = load(version, host, options);
  if (!hasStarted(loaderId)) start(worker, loaderId, host);
  return worker.getEntrypoint(entrypoint);
}

export function versionOfService(name, headers) {
  const version = accountVersion(name, headers);
  if (!version) throw new Error(`Could not resolve service binding: Worker "${name}" not found.`);
  return version;
}

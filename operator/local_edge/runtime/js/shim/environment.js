// Part of every uploaded script, evaluated before it. Puts the bindings that are objects into `env`
// (the one passed to handlers), and replaces the global `caches`. The stubs behind them are limited to
// one resource each, so a script that obtains a stub gains no access beyond its bindings.

import { abortIsolate, env, WorkerEntrypoint } from 'cloudflare:workers';
import { CacheStorage } from './cache.js';
import * as kinds from './kinds.js'; // of the script's resources, see KINDS in ../loading.js

const { resources, cache, defaultCache, trial } = env.__edge;
delete env.__edge;

for (const { name, kind, id, stub } of resources) env[name] = new kinds[kind](stub, id);

// Whether the script has read a binding while it started. If not, it starts with other values in the same way.
let readsBindings = false;

function watch(name) {
  let value = env[name];
  const get = () => {
    readsBindings = true;
    return value;
  };
  const set = (given) => {
    value = given;
  };
  Object.defineProperty(env, name, { get, set, configurable: true, enumerable: true });
}

if (trial) for (const name of Object.keys(env)) watch(name);
Object.defineProperty(globalThis, 'caches', {
  value: new CacheStorage(cache, defaultCache),
  configurable: true,
  enumerable: true,
  writable: true,
});

const HANDLERS = ['fetch', 'scheduled', 'queue', 'email', 'tail', 'tailStream', 'trace', 'test', 'alarm'];
let described = { handlers: [], named: [], readsBindings: true };

const handlersOf = (value) => {
  const isClass = typeof value === 'function';
  if (isClass && !(value.prototype instanceof WorkerEntrypoint)) return [];
  const holder = isClass ? value.prototype : value;
  return HANDLERS.filter((name) => typeof holder[name] === 'function');
};
const isExport = (value) => typeof value === 'function' || (typeof value === 'object' && value !== null);

// Called by the generated main module with the namespace object of the script's main module.
export function describe(exported) {
  const named = Object.entries(exported).filter(([name, value]) => name !== 'default' && isExport(value));
  described = {
    handlers: isExport(exported.default) ? handlersOf(exported.default) : [],
    named: named.map(([name, value]) => ({ name, handlers: handlersOf(value), entrypoint: typeof value === 'function' })),
    readsBindings,
  };
}

// For the host only: bindings of uploads cannot name entrypoints with this prefix. The prefix of the methods tells their
// calls from invocations of the script; see metering/trace.py.
export class __EdgeControl extends WorkerEntrypoint {
  __edgeDescribe() {
    return described;
  }

  __edgeForget(ids) {
    kinds.forget?.(ids);
  }

  __edgePoints() {
    return kinds.takePoints?.() ?? [];
  }

  __edgeAbort() {
    abortIsolate('evicted');
  }
}

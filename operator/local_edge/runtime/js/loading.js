// Loads versions of scripts as dynamic workers. The loader's id of a version is its version id, because
// versions are immutable; the code is fetched from the supervisor once.

import ANALYTICS from 'shim/analytics.txt';
import CACHE from 'shim/cache.txt';
import COPIES from 'shim/copies.txt';
import DISPATCH from 'shim/dispatch.txt';
import ENVIRONMENT from 'shim/environment.txt';
import KV from 'shim/kv.txt';
import R2 from 'shim/r2.txt';
import SERVICE_WORKER from 'shim/service_worker.txt';
import { register, release, tell, tokenOf } from './isolates.js';
import { collectFrom } from './points.js';
import { table } from './table.js';

// The parts of the shim that every script needs, and those for each kind of resource, with what environment.js imports of
// them. What a script does not need is left out, because a large part of the time of a load is compiling.
const SHIM = { 'cache.js': CACHE, 'environment.js': ENVIRONMENT };
const FORGET = "export { forget } from './copies.js';";
const KINDS = {
  analytics: {
    exports: ["export { AnalyticsEngineDataset as analytics, takePoints } from './analytics.js';"],
    parts: { 'analytics.js': ANALYTICS },
  },
  dispatch: { exports: ["export { DispatchNamespace as dispatch } from './dispatch.js';"], parts: { 'dispatch.js': DISPATCH } },
  kv: { exports: ["export { KVNamespace as kv } from './kv.js';", FORGET], parts: { 'copies.js': COPIES, 'kv.js': KV } },
  r2: { exports: ["export { R2Bucket as r2 } from './r2.js';", FORGET], parts: { 'copies.js': COPIES, 'r2.js': R2 } },
};
const MAX_IN_FLIGHT = 4000; // invocations of one version; only a script that calls itself reaches this
const running = new Set(); // ids of the isolates that have started
const inFlight = new Map(); // version id -> invocations; ordered by last use

const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;

function modulesOf(code) {
  const kinds = [...new Set(code.resources.map(({ kind }) => kind))].map((kind) => KINDS[kind]);
  const shim = Object.assign({ 'main.js': code.main }, SHIM, ...kinds.map(({ parts }) => parts));
  shim['kinds.js'] = [...new Set(kinds.flatMap(({ exports }) => exports))].join('\n');
  if (code.serviceWorker) shim['service_worker.js'] = SERVICE_WORKER;
  const modules = {};
  for (const [name, source] of Object.entries(shim)) modules[`__edge/${name}`] = { js: source };
  for (const [name, { type, text, base64 }] of Object.entries(code.modules)) {
    const content = base64 === undefined ? text : bytes(base64);
    modules[name] = { [type]: type === 'json' ? JSON.parse(content) : content };
  }
  return modules;
}

function stubOf({ kind, path, dataset, namespace, outbound }, exports, token) {
  if (kind === 'dispatch') return exports.Dispatch({ props: { namespace, outbound } });
  return kind === 'analytics' ? exports.Dataset({ props: { dataset, token } }) : exports.Resource({ props: { path, token } });
}

// Everything that reaches outside the isolate is a stub, limited to one resource.
function environmentOf(code, exports, { parameters, trial, token }) {
  const env = { ...code.variables, ...parameters };
  for (const { name, service, entrypoint } of code.services) {
    env[name] = exports.Service({ props: { service, entrypoint } });
  }
  const resources = code.resources.map((resource) => {
    const { name, kind, path, dataset } = resource;
    return { name, kind, id: path ?? dataset, stub: stubOf(resource, exports, token) };
  });
  env.__edge = { trial, resources, cache: exports.CacheStore({ props: { scope: code.cache.scope } }), defaultCache: code.cache.default };
  return env;
}

async function codeOf(version, env) {
  const response = await env.CONTROL.fetch(`http://control/code/${version}`);
  if (!response.ok) throw new Error(`version ${version} does not exist`);
  return response.json();
}

// `variant` marks a second isolate of a version, e.g. one with an outbound Worker. `given` is the code of a version that
// is not stored.
export function load(version, host, { variant = '', outbound, parameters, tails, code: given } = {}) {
  return host.env.LOADER.get(version + variant, async () => {
    const { env, exports } = host;
    const code = given ?? (await codeOf(version, env));
    return {
      compatibilityDate: code.compatibilityDate,
      compatibilityFlags: code.compatibilityFlags,
      mainModule: '__edge/main.js',
      modules: modulesOf(code),
      env: environmentOf(code, exports, { parameters, trial: given !== undefined, token: register(version + variant) }),
      globalOutbound: outbound ?? exports.Outbound({}),
      tails,
    };
  });
}

export async function evict(loaderId, host) {
  inFlight.delete(loaderId);
  running.delete(loaderId);
  const token = tokenOf(loaderId);
  if (!token) return;
  await collectFrom(token, host);
  const aborted = tell(token, host, '__edgeAbort');
  release(loaderId);
  await aborted;
}

export function evictVersions(versions, host) {
  for (const loaderId of [...inFlight.keys()]) {
    if (versions.includes(loaderId.split('~')[0])) host.waitUntil(evict(loaderId, host));
  }
}

function makeRoom(current, host) {
  if (inFlight.size <= table.maxLoaded) return;
  for (const [loaderId, count] of inFlight) {
    if (count === 0 && loaderId !== current) {
      host.waitUntil(evict(loaderId, host));
      return;
    }
  }
}

// Updates the order of last use without counting an invocation.
export function touch(version, host) {
  const known = inFlight.has(version);
  const count = inFlight.get(version) ?? 0;
  inFlight.delete(version);
  inFlight.set(version, count);
  if (!known) makeRoom(version, host);
}

// Counts an invocation and updates the order of last use. In the jail, writes the version to the
// journal before the script starts, to identify versions that hang.
export async function tracked(version, variant, host, invoke) {
  const loaderId = version + variant;
  const count = inFlight.get(loaderId);
  if (count >= MAX_IN_FLIGHT) throw new Error('Too many subrequests: the Worker calls itself without end.');
  inFlight.delete(loaderId);
  inFlight.set(loaderId, (count ?? 0) + 1);
  if (count === undefined) makeRoom(loaderId, host);
  if (table.journal) console.log(`${table.journal}+${version}`);
  try {
    return await invoke();
  } finally {
    if (table.journal) console.log(`${table.journal}-${version}`);
    if (inFlight.has(loaderId)) inFlight.set(loaderId, inFlight.get(loaderId) - 1);
  }
}

export const hasStarted = (loaderId) => running.has(loaderId);

// Waits until an isolate has started. What it is asked after that is delivered at once, which the trace shows.
// A visitor who leaves meanwhile must not end the load: the isolate would fail everybody from then on.
export function start(worker, loaderId, host) {
  const starting = worker.getEntrypoint('__EdgeControl').__edgeDescribe().then(() => running.add(loaderId));
  host.waitUntil(starting.catch(() => {}));
  return starting;
}

export const loadedCount = () => inFlight.size;

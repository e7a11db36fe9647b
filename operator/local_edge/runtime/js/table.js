// The state received from the supervisor: which versions run for which script.

import { pick } from './shares.js';

const ACCOUNT = ''; // the namespace of the account's own scripts

export const table = {
  ready: false,
  namespaces: new Map(), // dispatch namespace, or ACCOUNT -> {trusted, scripts: Map(name -> shares), observed: Map(name -> rate)}
  jailed: new Set(), // ids of the versions that have hung or crashed the pool
  tailed: new Set(), // names of the account scripts that are watched
  zones: [], // zone names
  origin: false, // whether the zones have an origin
  edgePort: 0, // port of the data plane
  maxLoaded: 150, // maximum number of isolates
  journal: '', // prefix of the lines that report the running versions; empty except in the jail
};

const SETTINGS = ['zones', 'origin', 'edgePort', 'maxLoaded', 'journal'];

// The version that handles a request to a script, or undefined if there is no such script.
const versionOf = (namespace, script, headers) => pick(namespace?.scripts.get(script), script, headers);

export const accountVersion = (script, headers) => versionOf(table.namespaces.get(ACCOUNT), script, headers);
export const dispatchedVersion = (namespace, script) => versionOf(namespace, script);

// The share of a script's events that is logged, and whether somebody watches it.
export const sampleRate = (namespace, script) => table.namespaces.get(namespace)?.observed.get(script) ?? 0;
export const isTailed = (namespace, script) => namespace === ACCOUNT && table.tailed.has(script);

export function applyEntries(map, changes) {
  for (const [name, entry] of Object.entries(changes)) {
    if (entry) map.set(name, entry);
    else map.delete(name);
  }
}

function applyNamespaces(changes) {
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) {
      table.namespaces.delete(name);
      continue;
    }
    const namespace = table.namespaces.get(name) ?? { scripts: new Map(), observed: new Map() };
    table.namespaces.set(name, namespace);
    namespace.trusted = change.trusted;
    applyEntries(namespace.scripts, change.scripts);
    applyEntries(namespace.observed, change.observed);
  }
}

// A full message replaces the table, any other one contains changes; null means deleted.
export function applyTable(message) {
  if (message.full) {
    for (const part of ['namespaces', 'jailed']) table[part].clear();
    for (const name of SETTINGS) table[name] = message[name];
  }
  applyNamespaces(message.namespaces ?? {});
  for (const version of message.jailed ?? []) table.jailed.add(version);
  for (const version of message.retired ?? []) table.jailed.delete(version);
  if (message.tailed) table.tailed = new Set(message.tailed);
  if (message.full) table.ready = true;
}

// The state received from the supervisor: which version runs for which script.

const ACCOUNT = ''; // the namespace of the account's own scripts

export const table = {
  ready: false,
  namespaces: new Map(), // dispatch namespace, or ACCOUNT -> {trusted, scripts: Map(name -> version id)}
  jailed: new Set(), // ids of the versions that have hung or crashed the pool
  zones: [], // zone names
  origin: false, // whether the zones have an origin
  edgePort: 0, // port of the data plane
  maxLoaded: 300, // maximum number of isolates
  journal: '', // prefix of the lines that report the running versions; empty except in the jail
};

const SETTINGS = ['zones', 'origin', 'edgePort', 'maxLoaded', 'journal'];

export const accountVersion = (script) => table.namespaces.get(ACCOUNT)?.scripts.get(script);

function applyScripts(map, changes) {
  for (const [name, version] of Object.entries(changes)) {
    if (version) map.set(name, version);
    else map.delete(name);
  }
}

function applyNamespaces(changes) {
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) {
      table.namespaces.delete(name);
      continue;
    }
    const namespace = table.namespaces.get(name) ?? { scripts: new Map() };
    table.namespaces.set(name, namespace);
    namespace.trusted = change.trusted;
    applyScripts(namespace.scripts, change.scripts);
  }
}

// A full message replaces the table, any other one contains changes; null means deleted.
export function applyTable(message) {
  if (message.full) {
    table.namespaces.clear();
    table.jailed.clear();
    for (const name of SETTINGS) table[name] = message[name];
  }
  applyNamespaces(message.namespaces ?? {});
  for (const version of message.jailed ?? []) table.jailed.add(version);
  for (const version of message.retired ?? []) table.jailed.delete(version);
  if (message.full) table.ready = true;
}

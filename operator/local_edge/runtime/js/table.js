// What the supervisor has told this process: which version answers for which script.

export const table = {
  ready: false,
  scripts: new Map(), // account script -> version id
  namespaces: new Map(), // dispatch namespace -> {trusted, scripts: Map(name -> version id)}
  jailed: new Set(), // version ids that once hung or crashed the pool
  zones: [], // zone names
  origin: false, // is there one?
  edgePort: 0, // of the data plane
  maxLoaded: 300, // isolates that are kept
  journal: '', // non-empty in the jail: the prefix of the lines that say which version runs
};

const SETTINGS = ['zones', 'origin', 'edgePort', 'maxLoaded', 'journal'];

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
    const namespace = table.namespaces.get(name) ?? { trusted: false, scripts: new Map() };
    table.namespaces.set(name, namespace);
    if (change.trusted !== undefined) namespace.trusted = change.trusted;
    applyScripts(namespace.scripts, change.scripts ?? {});
  }
}

// A full message replaces all, any other one holds changes; null means gone.
export function applyTable(message) {
  if (message.full) {
    table.scripts.clear();
    table.namespaces.clear();
    table.jailed.clear();
    for (const name of SETTINGS) table[name] = message[name];
  }
  applyScripts(table.scripts, message.scripts ?? {});
  applyNamespaces(message.namespaces ?? {});
  for (const version of message.jailed ?? []) table.jailed.add(version);
  for (const version of message.retired ?? []) table.jailed.delete(version);
  if (message.full) table.ready = true;
}

// Which script handles a URL. Zone routes come first: the most specific host pattern wins, then the most specific path;
// routes without a script send requests to the origin. Then hosts that belong to a script: custom domains, workers.dev.

function parse(pattern) {
  const bare = pattern.replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = (slash < 0 ? bare : bare.slice(0, slash)).toLowerCase();
  const path = slash < 0 ? '/' : bare.slice(slash);
  const prefix = path.endsWith('*');
  return { host, path: prefix ? path.slice(0, -1) : path, prefix };
}

const byPath = (a, b) => b.path.length - a.path.length || a.prefix - b.prefix;
const byHostThenPath = (a, b) => b.host.length - a.host.length || byPath(a, b);
const matchesPath = (route, path) => (route.prefix ? path.startsWith(route.path) : path === route.path);

// Cloudflare's default URL normalization of incoming requests; the URL parser has removed dot segments and turned
// backslashes round (developers.cloudflare.com/rules/normalization/how-it-works).
export function normalizedPath(path) {
  if (!/[%^]|\/\//.test(path)) return path;
  return path
    .replace(/%[0-9a-f]{2}/gi, (code) => {
      const char = String.fromCharCode(parseInt(code.slice(1), 16));
      return /[a-z0-9._~-]/i.test(char) ? char : code.toUpperCase();
    })
    .replaceAll('^', '%5E')
    .replace(/\/{2,}/g, '/');
}

export class Routes {
  #routes = new Map(); // id -> {pattern, script}
  #index = null; // built by the first request after a change

  replace(routes) {
    this.#routes = new Map(Object.entries(routes));
    this.#index = null;
  }

  // `changes`: id -> route, or null for a deleted one.
  apply(changes) {
    for (const [id, route] of Object.entries(changes)) {
      if (route) this.#routes.set(id, route);
      else this.#routes.delete(id);
    }
    this.#index = null;
  }

  // `path` includes the query: a pattern that does not end with `*` matches no URL with a query.
  // -> {script: string | null}, or undefined if no pattern matches.
  match(host, path) {
    const index = (this.#index ??= this.#build());
    return (
      index.exact.get(host)?.find((route) => matchesPath(route, path)) ??
      index.wildcard.find((route) => host.endsWith(route.suffix) && matchesPath(route, path))
    );
  }

  #build() {
    const exact = new Map();
    const wildcard = [];
    for (const { pattern, script } of this.#routes.values()) {
      const route = { ...parse(pattern), script };
      if (route.host.startsWith('*')) wildcard.push({ ...route, suffix: route.host.slice(1) });
      else if (exact.has(route.host)) exact.get(route.host).push(route);
      else exact.set(route.host, [route]);
    }
    for (const list of exact.values()) list.sort(byPath);
    wildcard.sort(byHostThenPath);
    return { exact, wildcard };
  }
}

// `hosts`: host name -> {script, preview}. -> {script, preview?: a version, by the start of its id or its alias}, or undefined.
export function scriptOfHost(hosts, host) {
  const found = hosts.get(host);
  if (found) return { script: found.script };
  const label = host.split('.')[0];
  for (let dash = label.indexOf('-'); dash > 0; dash = label.indexOf('-', dash + 1)) {
    const previewed = hosts.get(`*${host.slice(dash)}`);
    if (previewed) return { script: previewed.script, preview: host.slice(0, dash) };
  }
  return undefined;
}

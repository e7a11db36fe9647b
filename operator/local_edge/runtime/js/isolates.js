// The isolates that this process has loaded: what they hold of KV, and the data points that wait in them. Each load has a
// token of its own: an isolate that was evicted may still handle requests, while its successor has the same id.

const tokens = new Map(); // loader id -> token of the isolate
const lent = new Map(); // token -> ids of the KV pairs that the isolate may have kept
let loads = 0;

// Called when an isolate is loaded; returns its token.
export function register(loaderId) {
  release(loaderId);
  loads += 1;
  const token = `${loads}~${loaderId}`;
  tokens.set(loaderId, token);
  lent.set(token, new Set());
  return token;
}

export function release(loaderId) {
  lent.delete(tokens.get(loaderId));
  tokens.delete(loaderId);
}

export const tokenOf = (loaderId) => tokens.get(loaderId);
export const loaderIdOf = (token) => token.slice(token.indexOf('~') + 1);
export const isCurrent = (token) => lent.has(token);

// Notes that an isolate may keep a pair. Returns false if it must not.
export function lend(token, id) {
  lent.get(token)?.add(id);
  return lent.has(token);
}

// Calls a method of an isolate's control entrypoint. Returns undefined if the isolate is gone.
export async function tell(token, host, method, ...values) {
  if (!isCurrent(token)) return undefined;
  const worker = host.env.LOADER.get(loaderIdOf(token), () => {
    throw new Error('not loaded');
  });
  try {
    return await worker.getEntrypoint('__EdgeControl')[method](...values);
  } catch {
    return undefined;
  }
}

// Lets all isolates drop the pairs that they have kept.
export async function forgetIn(ids, host) {
  const told = [];
  for (const [token, kept] of lent) {
    const outdated = ids.filter((id) => kept.delete(id));
    if (outdated.length > 0) told.push(tell(token, host, '__edgeForget', outdated));
  }
  await Promise.all(told);
}

// The KV values and R2 objects that this isolate has read. The host lets it drop them before it acknowledges a change
// (../copies.js).

export const MAX_VALUE = 16 * 1024; // characters, or bytes of an object
const MAX_COPIES = 200;
const copies = new Map(); // id of the namespace or bucket, and key -> {value, metadata, expires}; ordered by last use
let changes = 0; // a value that was asked for before the latest change may be outdated

export const changeCount = () => changes;

export function recall(id) {
  const copy = copies.get(id);
  if (!copy || copy.expires <= Date.now()) return undefined;
  copies.delete(id);
  copies.set(id, copy);
  return copy;
}

// `asked`: the number of changes when the value was asked for.
export function keep(id, copy, asked) {
  if (asked !== changes || copy.value.length > MAX_VALUE) return;
  copies.set(id, copy);
  if (copies.size > MAX_COPIES) copies.delete(copies.keys().next().value);
}

export function forget(ids) {
  changes += 1;
  for (const id of ids) copies.delete(id);
}

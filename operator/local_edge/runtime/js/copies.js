// Copies of the KV pairs and R2 objects that scripts have read. The supervisor knows of each one, and has it dropped
// before it acknowledges a change, so a copy is never older than the last acknowledged write.

import { lend } from './isolates.js';
import { table } from './table.js';

const CAPACITY = 64 * 1024 * 1024; // bytes of all bodies
const MAX_COPY = 1024 * 1024;
const copies = new Map(); // path of the binding and key -> {headers, body, expires}; ordered by last use
let occupied = 0; // bytes
let changes = 0; // a copy that was read before the latest change may be outdated

function drop(id) {
  occupied -= copies.get(id)?.body.byteLength ?? 0;
  copies.delete(id);
}

export function forget(ids) {
  changes += 1;
  for (const id of ids) drop(id);
}

function keep(id, copy) {
  copies.set(id, copy);
  occupied += copy.body.byteLength;
  for (const oldest of copies.keys()) {
    if (occupied <= CAPACITY) return;
    drop(oldest);
  }
}

const KEEP = 'x-edge-keep'; // until when a response may be kept, in milliseconds since the epoch

function respond({ headers, body }, method, lasting) {
  const response = new Response(method === 'HEAD' ? null : body, { headers });
  if (!lasting) response.headers.delete(KEEP);
  return response;
}

// The supervisor does not tell the jail about changes.
function passing(response) {
  const result = new Response(response.body, response);
  result.headers.delete(KEEP);
  return result;
}

// Answers a read from its copy; `ask` asks the supervisor. The isolate with this token may keep the response, too.
export async function read(id, method, token, ask) {
  if (table.journal) return passing(await ask());
  const lasting = lend(token, id);
  const copy = copies.get(id);
  if (copy && copy.expires > Date.now()) {
    copies.delete(id);
    copies.set(id, copy);
    return respond(copy, method, lasting);
  }
  const before = changes;
  const response = await ask();
  const expires = Number(response.headers.get(KEEP) ?? 0);
  if (expires === 0 || method === 'HEAD' || Number(response.headers.get('content-length') ?? Infinity) > MAX_COPY) return response;
  const fresh = { headers: [...response.headers], body: await response.arrayBuffer(), expires };
  if (changes === before) {
    drop(id);
    keep(id, fresh);
  }
  return respond(fresh, method, lasting);
}

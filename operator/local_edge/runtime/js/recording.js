// Events of scripts on their way to the supervisor: in batches, so that an invocation costs no request, and as many as the
// supervisor can take, so that a flood of logs costs no memory.

const PAUSE = 100; // milliseconds between two batches
const MAX_QUEUED = 16 * 1024 * 1024; // characters
const MAX_EVENT = 256 * 1024; // characters of the logs of one event, as on Cloudflare
const queue = [];
let queued = 0; // characters
let dropped = 0;
let sending = false;

// Logs beyond the limit are left out.
function cut(event) {
  let size = 0;
  const logs = event.logs.filter((log) => (size += JSON.stringify(log.message)?.length ?? 0) <= MAX_EVENT);
  return logs.length === event.logs.length ? event : { ...event, logs, truncated: true };
}

async function send(env) {
  await scheduler.wait(PAUSE);
  const body = `{"dropped":${dropped},"records":[${queue.join(',')}]}`;
  queue.length = queued = dropped = 0;
  sending = false;
  await env.CONTROL.fetch('http://control/events', { method: 'POST', body });
}

// The promise that is returned keeps the first caller alive until its batch is sent.
export function record({ event, ...about }, env) {
  const line = JSON.stringify({ ...about, event: cut(JSON.parse(JSON.stringify(event))) });
  if (queued + line.length > MAX_QUEUED) {
    dropped += 1;
    return undefined;
  }
  queue.push(line);
  queued += line.length;
  if (sending) return undefined;
  sending = true;
  return send(env);
}

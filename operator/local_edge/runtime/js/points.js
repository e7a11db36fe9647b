// Analytics Engine: data points wait in the isolates that have written them. They are collected from all of them, and sent to
// the supervisor in one batch.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { isCurrent, tell } from './isolates.js';
import { hostOf } from './running.js';

const INTERVAL = 50; // ms
const OVERDUE = 1000; // ms after which the next request takes charge: the one that should have collected was cancelled
const waiting = new Set(); // tokens of the isolates in which points wait
let since = 0; // the time when a request took charge; 0: none has

async function send(points, host) {
  if (points.length === 0) return;
  const response = await host.env.CONTROL.fetch('http://control/points', { method: 'POST', body: JSON.stringify(points) });
  await response.body?.cancel();
}

const pointsOf = async (token, host) => (waiting.delete(token) ? ((await tell(token, host, '__edgePoints')) ?? []) : []);

async function collect(host) {
  since = 0;
  const found = await Promise.all([...waiting].map((token) => pointsOf(token, host)));
  await send(found.flat(), host);
}

// Collects the points of an isolate that is about to be evicted.
export const collectFrom = async (token, host) => send(await pointsOf(token, host), host);

// The target of an Analytics Engine binding. An isolate tells it that points wait; an evicted one must send them itself.
export class Dataset extends WorkerEntrypoint {
  async fetch(request) {
    const host = hostOf(this.env, this.ctx);
    if (request.method === 'POST') {
      await send(await request.json(), host);
      return new Response();
    }
    const { token } = this.ctx.props;
    if (!isCurrent(token)) return new Response(null, { status: 410 });
    waiting.add(token);
    const now = Date.now();
    if (since === 0 || now - since > OVERDUE) {
      since = now;
      this.ctx.waitUntil(scheduler.wait(INTERVAL).then(() => collect(host)));
    }
    return new Response();
  }
}

// Analytics Engine: collects the data points of all scripts, and sends them to the supervisor in batches.

import { WorkerEntrypoint } from 'cloudflare:workers';

const INTERVAL = 50; // ms
const OVERDUE = 1000; // ms after which a batch is sent by the next request: the one that should have done so was cancelled
let waiting = []; // [dataset, milliseconds since the epoch, point as JSON]
let since = 0; // the time when a request took charge of the batch; 0: none has

async function send(env) {
  const batch = waiting;
  waiting = [];
  since = 0;
  const response = await env.CONTROL.fetch('http://control/points', { method: 'POST', body: JSON.stringify(batch) });
  await response.body?.cancel();
}

// The target of an Analytics Engine binding.
export class Dataset extends WorkerEntrypoint {
  async fetch(request) {
    const point = await request.text();
    const now = Date.now();
    waiting.push([this.ctx.props.dataset, now, point]);
    if (since === 0 || now - since > OVERDUE) {
      since = now;
      this.ctx.waitUntil(scheduler.wait(INTERVAL).then(() => send(this.env)));
    }
    return new Response();
  }
}

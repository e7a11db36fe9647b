// Service Worker syntax: bindings are globals, and handlers are event listeners. The script itself is
// a CommonJS module (in sloppy mode, as on Cloudflare), evaluated after this module.

import { env } from 'cloudflare:workers';

const listeners = new Map(); // event type -> functions

Object.assign(globalThis, env);
globalThis.addEventListener = (type, listener) => {
  const handle = typeof listener === 'function' ? listener : (event) => listener.handleEvent(event);
  listeners.set(type, [...(listeners.get(type) ?? []), handle]);
};

function fire(type, ctx, details) {
  let answer;
  const event = {
    type,
    ...details,
    respondWith(response) {
      answer = Promise.resolve(response);
    },
    waitUntil: (promise) => ctx.waitUntil(promise),
    passThroughOnException: () => ctx.passThroughOnException(),
  };
  for (const listener of listeners.get(type) ?? []) {
    listener.call(globalThis, event);
    if (answer) break;
  }
  return answer;
}

// Without a response, the request passes through to the origin.
export const handlers = {
  fetch: (request, _env, ctx) => fire('fetch', ctx, { request }) ?? fetch(request),
  scheduled: (controller, _env, ctx) => {
    fire('scheduled', ctx, { cron: controller.cron, scheduledTime: controller.scheduledTime });
  },
};
export const listened = () => ({ default: Object.fromEntries([...listeners.keys()].map((type) => [type, () => {}])) });

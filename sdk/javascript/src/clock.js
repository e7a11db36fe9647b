/**
 * Return a signal that is aborted when the caller's is, or with the error of `expired` when the time is over.
 *
 * @param {AbortSignal | undefined} signal
 * @param {number} ms
 * @param {() => Error} expired
 */
export function deadline(signal, ms, expired) {
  // AbortSignal.any is missing in Node 18.
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const restart = () => {
    clearTimeout(timer);
    if (Number.isFinite(ms)) timer = setTimeout(() => controller.abort(expired()), ms);
  };
  if (signal?.aborted) abort();
  else {
    signal?.addEventListener("abort", abort, { once: true });
    restart();
  }
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, restart, clear };
}

/**
 * Settle as a promise does, or throw the reason of a signal that is aborted first.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function abortable(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * Wait. Throws the reason of a signal that is aborted meanwhile.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export async function sleep(ms, signal) {
  signal?.throwIfAborted();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await (signal === undefined ? over : abortable(over, signal));
  } finally {
    clearTimeout(timer);
  }
}

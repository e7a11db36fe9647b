/**
 * Counts requests per client in the memory of this isolate. A client's requests mostly reach the same few isolates; a
 * limit that is temporarily a few times higher is preferable to the latency of a shared counter.
 */

const MAX_COUNTED = 10_000;

export class RateLimit {
  /** @type {Map<string, {count: number, ends: number}>} by client */
  #windows = new Map();

  /**
   * Count one request. `seconds` is the time until the counter is reset.
   * @param {string} who
   * @param {number} most maximum number of requests
   * @param {number} seconds length of the window
   * @returns {{isOver: boolean, left: number, seconds: number}}
   */
  count(who, most, seconds) {
    const now = Date.now();
    const known = this.#windows.get(who);
    const window = known && known.ends > now ? known : { count: 0, ends: now + seconds * 1000 };
    window.count += 1;
    this.#windows.delete(who);
    this.#windows.set(who, window);
    if (this.#windows.size > MAX_COUNTED) {
      const [oldest] = this.#windows.keys();
      this.#windows.delete(oldest);
    }
    const left = Math.max(0, most - window.count);
    return { isOver: window.count > most, left, seconds: Math.ceil((window.ends - now) / 1000) };
  }
}

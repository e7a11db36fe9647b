/**
 * Requests by whoever asks, counted in this isolate: a visitor's requests mostly meet the same few, and a limit that is
 * some times higher for a moment is better than a visitor who waits for a count.
 */

const MAX_COUNTED = 10_000;

export class RateLimit {
  /** @type {Map<string, {count: number, ends: number}>} by who asks */
  #windows = new Map();

  /**
   * Counts one request. `seconds` are those until the count begins anew.
   * @param {string} who
   * @param {number} most requests
   * @param {number} seconds in which they may come
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

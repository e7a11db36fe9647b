/**
 * Return a signal that is aborted when the caller's is, or with the error of `expired` when the time is over.
 *
 * @param {AbortSignal | undefined} signal
 * @param {number} ms
 * @param {() => Error} expired
 */
export function deadline(signal: AbortSignal | undefined, ms: number, expired: () => Error): {
    signal: AbortSignal;
    restart: () => void;
    clear: () => void;
};
/**
 * Settle as a promise does, or throw the reason of a signal that is aborted first.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
/**
 * Wait. Throws the reason of a signal that is aborted meanwhile.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void>;

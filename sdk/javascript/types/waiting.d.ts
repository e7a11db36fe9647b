/**
 * Read a worker until it is Ready. Throws DeploymentError if it has failed, a DOMException of the name TimeoutError if it
 * is neither in time, or the reason of the signal.
 *
 * @param {Pick<Worker, "script_name" | "generation">} wanted
 * @param {(signal: AbortSignal) => Promise<Worker>} read
 * @param {(ms: number, signal: AbortSignal) => Promise<void>} sleep
 * @param {{ timeoutMs?: number, signal?: AbortSignal }} options
 */
export function untilReady(wanted: Pick<Worker, "script_name" | "generation">, read: (signal: AbortSignal) => Promise<Worker>, sleep: (ms: number, signal: AbortSignal) => Promise<void>, { timeoutMs, signal }: {
    timeoutMs?: number;
    signal?: AbortSignal;
}): Promise<import("./types.js").Worker>;
export type Worker = import("./types.js").Worker;

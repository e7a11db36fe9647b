/**
 * Yield what a worker has logged, and what it logs from now on. An entry comes once, however often the stream is opened.
 *
 * @param {Transport} transport
 * @param {Call} call
 * @param {(message: string) => void} [onNotice]
 * @returns {AsyncGenerator<LogEntry, void, undefined>}
 */
export function follow(transport: Transport, call: Call, onNotice?: (message: string) => void): AsyncGenerator<LogEntry, void, undefined>;
/**
 * Yield changes of workers and platforms. What may be lost between two streams is told of by `resync`.
 *
 * @param {Transport} transport
 * @param {Call} call
 * @returns {AsyncGenerator<FleetEvent, void, undefined>}
 */
export function watch(transport: Transport, call: Call): AsyncGenerator<FleetEvent, void, undefined>;
export type Transport = import("./transport.js").Transport;
export type Call = import("./transport.js").Call;
export type LogEntry = import("./types.js").LogEntry;
export type FleetEvent = import("./types.js").FleetEvent;

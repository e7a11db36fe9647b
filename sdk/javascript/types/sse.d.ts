/**
 * Yield the events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), until it ends, breaks
 * off or says nothing for `idleMs`; the stream is closed then. Throws ConnectionError, or the reason of the signal.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} idleMs Longer than the pauses between two signs of life.
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<ServerSentEvent, void, undefined>}
 */
export function eventsOf(stream: ReadableStream<Uint8Array>, idleMs: number, signal?: AbortSignal): AsyncGenerator<ServerSentEvent, void, undefined>;
export type ServerSentEvent = {
    event: string;
    data: string;
};

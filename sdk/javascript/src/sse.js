import { abortable, deadline } from "./clock.js";
import { ConnectionError } from "./errors.js";

/** @typedef {{ event: string, data: string }} ServerSentEvent */

const MAX_EVENT = 16 * 1024 * 1024;

/**
 * Yield the events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), until it ends, breaks
 * off or says nothing for `idleMs`; the stream is closed then. Throws ConnectionError, or the reason of the signal.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} idleMs Longer than the pauses between two signs of life.
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<ServerSentEvent, void, undefined>}
 */
export async function* eventsOf(stream, idleMs, signal) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const timer = deadline(signal, idleMs, () => new ConnectionError(`the stream is silent for ${idleMs / 1000} s`));
  const parser = new Parser();
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), timer.signal);
      if (done) return;
      timer.restart();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError("the stream broke off", { cause: error });
  } finally {
    timer.clear();
    reader.cancel().catch(() => {});
  }
}

class Parser {
  #rest = "";
  #event = "";
  /** @type {string[]} */
  #data = [];

  /**
   * Return the events that are complete with these characters.
   *
   * @param {string} text
   */
  push(text) {
    /** @type {ServerSentEvent[]} */
    const found = [];
    // A \r at the end may be the first half of a line break.
    const lines = `${this.#rest}${text}`.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line, found);
    if (this.#rest.length > MAX_EVENT) throw new ConnectionError("the stream has a line that is too long");
    return found;
  }

  /**
   * @param {string} line
   * @param {ServerSentEvent[]} found
   */
  #line(line, found) {
    if (line === "") {
      if (this.#data.length > 0) found.push({ event: this.#event || "message", data: this.#data.join("\n") });
      this.#event = "";
      this.#data = [];
      return;
    }
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") this.#event = value;
    if (name === "data") this.#data.push(value);
  }
}

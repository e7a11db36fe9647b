import { ConnectionError } from "./errors.js";
import { eventsOf } from "./sse.js";

/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').Call} Call */
/** @typedef {import('./types.js').LogEntry} LogEntry */
/** @typedef {import('./types.js').FleetEvent} FleetEvent */

/** The gateway gives a sign of life every 4 s. */
const IDLE_MS = 20_000;
/** A stream that has lasted as long has shown that it works. */
const STEADY_MS = 5_000;
const REMEMBERED = 10_000;
/** Instances of a worker do not log in the order of time. */
const OVERLAP_MS = 10_000;
const AT_MOST = 10_000;

/**
 * Yield the events of a stream, which is opened again when it ends: after an hour, with a gateway that is restarted, or
 * because a connection is lost. Throws what opening it throws, and gives up where it ends at once time and again.
 *
 * @param {Transport} transport
 * @param {() => Call} call What opens the stream; asked each time.
 * @returns {AsyncGenerator<{ event: string, data: any, connection: number }, void, undefined>}
 */
async function* lasting(transport, call) {
  let failures = 0;
  for (let connection = 1; ; connection += 1) {
    const asked = call();
    const headers = { ...asked.headers, Accept: "text/event-stream" };
    const stream = await transport.stream({ ...asked, headers });
    const opened = Date.now();
    let why = "the stream ended";
    try {
      for await (const { event, data } of eventsOf(stream, IDLE_MS, asked.signal)) {
        const value = JSON.parse(data);
        if (event === "end") why = value.message;
        else yield { event, data: value, connection };
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      why = error.message;
    }
    failures = Date.now() - opened >= STEADY_MS ? 1 : failures + 1;
    if (failures >= transport.retries.attempts) throw new ConnectionError(`GET ${asked.path}: ${why}`);
    await transport.sleep(transport.pause(failures), asked.signal);
  }
}

/**
 * Yield what a worker has logged, and what it logs from now on. An entry comes once, however often the stream is opened.
 *
 * @param {Transport} transport
 * @param {Call} call
 * @param {(message: string) => void} [onNotice]
 * @returns {AsyncGenerator<LogEntry, void, undefined>}
 */
export async function* follow(transport, call, onNotice) {
  /** @type {Set<string>} */
  const known = new Set();
  let [oldest, newest, horizon] = ["", "", ""];
  const resumed = () => {
    horizon = newest;
    if (newest === "") return call;
    const since = new Date(Math.max(Date.parse(oldest), Date.parse(newest) - OVERLAP_MS)).toISOString();
    return { ...call, query: { ...call.query, since, limit: AT_MOST } };
  };
  for await (const { event, data } of lasting(transport, resumed)) {
    if (event === "notice") onNotice?.(data.message);
    if (event !== "log" || data.time < oldest) continue;
    const text = JSON.stringify(data);
    const isRepeated = data.time <= horizon && known.has(text);
    remember(known, text);
    oldest ||= data.time;
    if (data.time > newest) newest = data.time;
    if (!isRepeated) yield data;
  }
}

/**
 * @param {Set<string>} known
 * @param {string} text
 */
function remember(known, text) {
  known.delete(text);
  known.add(text);
  if (known.size > REMEMBERED) known.delete(/** @type {string} */ (known.values().next().value));
}

/**
 * Yield changes of workers and platforms. What may be lost between two streams is told of by `resync`.
 *
 * @param {Transport} transport
 * @param {Call} call
 * @returns {AsyncGenerator<FleetEvent, void, undefined>}
 */
export async function* watch(transport, call) {
  for await (const { event, data, connection } of lasting(transport, () => call)) {
    if (event === "hello" && connection > 1) {
      yield { event: "resync", data: { message: "the stream was opened again; read everything again" } };
    }
    yield/** @type {FleetEvent} */ ({ event, data });
  }
}

/** Server-sent events over fetch: EventSource cannot send the header that says who asks. */
import { send, unreachable } from "./client";

export interface ServerEvent {
  name: string;
  data: unknown;
}

/** Take events out of text that arrives in pieces; `rest` is what has no end yet. */
export function parse(text: string): { events: ServerEvent[]; rest: string } {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  const events: ServerEvent[] = [];
  for (const block of blocks) {
    let name = "message";
    let data = "";
    for (const line of block.split("\n")) {
      if (line.startsWith("event: ")) name = line.slice(7);
      else if (line.startsWith("data: ")) data += line.slice(6);
    }
    if (data) events.push({ name, data: JSON.parse(data) });
  }
  return { events, rest };
}

const OPENING_MILLISECONDS = 60_000;
/** The gateway sends a sign of life every four seconds; a connection without any is dead, whatever the browser says. */
const SILENCE_MILLISECONDS = 20_000;

/** What is done with a stream. `opened`: the gateway has answered, and what comes is a new stream. */
export interface Listening {
  opened?: () => void;
  take: (events: ServerEvent[]) => void;
}

/** Follow a stream until it ends, or nothing comes any more. Throws ApiError. */
export async function follow(path: string, signal: AbortSignal, listening: Listening): Promise<void> {
  const patience = new Patience(signal);
  try {
    patience.renew(OPENING_MILLISECONDS);
    const response = await send(path, { accept: "text/event-stream", signal: patience.signal });
    patience.renew(SILENCE_MILLISECONDS);
    listening.opened?.();
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (reader) {
      const { value, done } = await reader.read();
      if (done) return;
      patience.renew(SILENCE_MILLISECONDS);
      const found = parse(text + value);
      text = found.rest;
      if (found.events.length) listening.take(found.events);
    }
  } catch (error) {
    throw patience.isOver ? unreachable("nothing has come from the gateway for a while") : error;
  } finally {
    patience.end();
  }
}

/** Ends a request when the page has waited long enough, or is not interested any more. */
class Patience {
  isOver = false;
  private timer = 0;
  private readonly ending = new AbortController();
  private readonly stop = () => this.ending.abort();

  constructor(private readonly given: AbortSignal) {
    if (given.aborted) this.stop();
    given.addEventListener("abort", this.stop);
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  renew(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.isOver = true;
      this.stop();
    }, milliseconds);
  }

  end(): void {
    clearTimeout(this.timer);
    this.given.removeEventListener("abort", this.stop);
    this.stop();
  }
}

/** Return after a time, or as soon as the signal says so. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

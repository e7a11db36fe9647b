/** What the worker logs, as it logs it. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError, where, words } from "../api/client";
import { follow, pause, type ServerEvent } from "../api/stream";
import type { LogEntry, Worker } from "../api/types";

const MOST_LINES = 2000;
const KEPT = 200;

interface LogLine extends LogEntry {
  number: number;
}

export function Logs({ worker }: { worker: Worker }) {
  const lines = useSignal<LogLine[]>([]);
  const notices = useSignal<string[]>([]);
  const problem = useSignal("");
  const isFollowing = useSignal(true);
  const search = useSignal("");
  const isDeployed = worker.versions?.stable !== undefined; // before that there are no logs
  useEffect(() => {
    const ending = new AbortController();
    let number = 0;
    void tail(worker, ending.signal, {
      begin: () => {
        lines.value = [];
        notices.value = [];
        problem.value = "";
      },
      entries: (entries) => {
        const added = entries.map((entry) => ({ ...entry, number: number++ }));
        lines.value = [...lines.value, ...added].slice(-MOST_LINES);
      },
      notice: (text) => {
        notices.value = [...new Set([...notices.value, text])];
      },
      problem: (text) => {
        problem.value = text;
      },
    });
    return () => ending.abort();
  }, [worker.id, isDeployed]);
  const wanted = search.value.toLowerCase();
  const shown = wanted ? lines.value.filter((line) => textOf(line).toLowerCase().includes(wanted)) : lines.value;
  return (
    <section class="card logs" aria-label="Logs">
      <div class="tools">
        <label>
          <span class="hidden">Search in the logs</span>
          <input
            type="search"
            placeholder="Search in the logs"
            value={search.value}
            onInput={(event) => {
              search.value = event.currentTarget.value;
            }}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isFollowing.value}
            onChange={(event) => {
              isFollowing.value = event.currentTarget.checked;
            }}
          />
          Follow
        </label>
      </div>
      {notices.value.map((notice) => (
        <p key={notice} class="notice warn">
          {notice}
        </p>
      ))}
      {problem.value && (
        <p class="notice bad" role="alert">
          {problem.value}
        </p>
      )}
      <LogLines lines={shown} isFollowing={isFollowing.value} isEmpty={!problem.value && lines.value.length === 0} />
    </section>
  );
}

function LogLines({ lines, isFollowing, isEmpty }: { lines: LogLine[]; isFollowing: boolean; isEmpty: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <div class="lines" ref={box} tabIndex={0} role="log" aria-live="off" aria-label="Log lines">
      {isEmpty && <p class="empty">Nothing was logged in the last 10 minutes. New lines appear here.</p>}
      {lines.map((line) => (
        <div key={line.number} class={`log ${toneOf(line)}`}>
          <time datetime={line.time}>{clock(line.time)}</time>
          <span class="version">
            {line.version}
            {line.instance === undefined ? "" : `·${line.instance}`}
          </span>
          <span class="text">{textOf(line)}</span>
        </div>
      ))}
    </div>
  );
}

interface Told {
  begin: () => void;
  entries: (entries: LogEntry[]) => void;
  notice: (text: string) => void;
  problem: (text: string) => void;
}

const LEAST_PAUSE = 5000;
const LONGEST_PAUSE = 60_000;

/**
 * Follow the logs until the signal ends it; what ends by itself is opened again. What goes on failing is asked for less
 * and less often: all who read logs of a namespace share what the gateway answers.
 */
async function tail(worker: Worker, signal: AbortSignal, told: Told): Promise<void> {
  const name = encodeURIComponent(worker.script_name);
  const path = `/api/monitor/${name}/logs?limit=${KEPT}&${where(worker)}`;
  const take = (events: ServerEvent[]) => {
    told.entries(events.filter((event) => event.name === "log").map((event) => event.data as LogEntry));
    for (const { name, data } of events) if (name === "notice") told.notice((data as { message: string }).message);
  };
  let wait = LEAST_PAUSE;
  while (!signal.aborted) {
    const began = Date.now();
    let asked = 0;
    try {
      await follow(path, signal, { opened: told.begin, take });
    } catch (error) {
      if (signal.aborted) return;
      told.problem(words(error));
      if (error instanceof ApiError) asked = 1000 * error.retryAfter;
    }
    if (Date.now() - began > LONGEST_PAUSE) wait = LEAST_PAUSE;
    await pause(Math.max(wait, asked), signal);
    wait = Math.min(2 * wait, LONGEST_PAUSE);
  }
}

function clock(time: string | undefined): string {
  return time ? new Date(time).toLocaleTimeString(undefined, { hour12: false }) : "";
}

function toneOf(line: LogEntry): string {
  const status = line.status ?? 0;
  const hasFailed = line.outcome !== undefined && line.outcome !== "ok";
  if (line.level === "error" || line.stack || hasFailed || status >= 500) return "bad";
  return line.level === "warn" || status >= 400 ? "warn" : "";
}

/** A line in one text: an invocation with its outcome and time, or what was logged, with the stack below it. */
function textOf(line: LogEntry): string {
  const outcome = line.outcome === "ok" ? "" : line.outcome;
  const time = line.wallMs === undefined ? "" : `${line.wallMs} ms`;
  const message = line.message === line.trigger ? "" : line.message;
  const told = [line.trigger, line.status, outcome, time, message].filter(Boolean).join("  ");
  return line.stack ? `${told}\n${line.stack}` : told;
}

/** The workers that the caller may list: read in pages once, then kept current by the stream of changes. */
import { computed, signal } from "@preact/signals";
import { ApiError, read, words } from "../api/client";
import { follow, pause, type ServerEvent } from "../api/stream";
import type { ListedWorker } from "../api/types";

const FIRST_PAGE = 100;
const PAGE = 1000;
const BATCH_MILLISECONDS = 150;
const LONGEST_PAUSE = 15_000;

export type Key = Pick<ListedWorker, "kind" | "namespace" | "name">;
type Change = { type: string; worker: ListedWorker };

export const workers = signal<ReadonlyMap<string, ListedWorker>>(new Map());
/** Whether all of them are known. */
export const isComplete = signal(false);
/** How many the listing under way has, once its first page is there. */
const listed = signal<number | null>(null);
/** How many there are; null before that is known. */
export const total = computed(() => {
  if (listed.value === null) return null;
  const known = workers.value.size;
  return isComplete.value ? known : Math.max(listed.value, known);
});
export const connection = signal<"connecting" | "live" | "stale" | "lost">("connecting");
/** Why the connection is lost. */
export const trouble = signal("");
/** Grows with each change of a platform. */
export const platformChanges = signal(0);

export function keyOf(worker: Key): string {
  return `${worker.kind}/${worker.namespace}/${worker.name}`;
}

const watchers = new Map<string, Set<() => void>>();

/** Call `told` whenever a worker has changed; returns what ends that. */
export function watch(worker: Key, told: () => void): () => void {
  const key = keyOf(worker);
  const known = watchers.get(key) ?? new Set();
  watchers.set(key, known.add(told));
  return () => {
    known.delete(told);
    if (!known.size) watchers.delete(key);
  };
}

/** Changes that came in since a listing began: they are at least as new as what its pages have. */
let touched: Set<string> | null = null;
const pending = new Map<string, ListedWorker | null>();
let timer = 0;

function put(key: string, worker: ListedWorker | null): void {
  pending.set(key, worker);
  timer ||= window.setTimeout(publish, BATCH_MILLISECONDS);
}

function publish(): void {
  clearTimeout(timer);
  timer = 0;
  if (!pending.size) return;
  const next = new Map(workers.value);
  for (const [key, worker] of pending) {
    if (worker) next.set(key, worker);
    else next.delete(key);
  }
  const keys = [...pending.keys()];
  pending.clear();
  workers.value = next;
  for (const key of keys) for (const told of watchers.get(key) ?? []) told();
}

/** Keep the store current until the signal ends it. */
export async function keepCurrent(signal: AbortSignal): Promise<void> {
  let wait = 1000;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await follow("/api/events", signal, { take: (events) => take(events, signal) });
      trouble.value = "";
    } catch (error) {
      if (signal.aborted) return;
      trouble.value = words(error);
    }
    if (signal.aborted) return;
    connection.value = "lost";
    if (Date.now() - began > LONGEST_PAUSE) wait = 1000;
    await pause(wait, signal);
    wait = Math.min(2 * wait, LONGEST_PAUSE);
  }
}

function take(events: ServerEvent[], signal: AbortSignal): void {
  for (const { name, data } of events) {
    if (name === "worker") change(data as Change);
    else if (name === "platform") platformChanges.value += 1;
    else if (name === "stale") connection.value = (data as { stale: boolean }).stale ? "stale" : "live";
    else if (name === "hello" || name === "resync") {
      if (name === "hello") connection.value = (data as { stale: boolean }).stale ? "stale" : "live";
      platformChanges.value += 1;
      void relist(signal);
    }
  }
}

function change({ type, worker }: Change): void {
  const key = keyOf(worker);
  touched?.add(key);
  put(key, type === "DELETED" ? null : worker);
}

async function relist(signal: AbortSignal): Promise<void> {
  try {
    await list(signal);
    trouble.value = "";
  } catch (error) {
    if (signal.aborted || (error instanceof ApiError && error.status === 401)) return;
    trouble.value = words(error);
    await pause(5000, signal);
    if (!signal.aborted) void relist(signal);
  }
}

interface Page {
  workers: ListedWorker[];
  total: number;
  cursor?: string;
}

async function list(signal: AbortSignal): Promise<void> {
  const mine = new Set<string>();
  touched = mine;
  const seen = new Set<string>();
  let cursor = "";
  do {
    const query = new URLSearchParams({ limit: String(cursor ? PAGE : FIRST_PAGE), ...(cursor && { cursor }) });
    const page: Page = await read(`/api/workers/?${query}`, signal);
    if (touched !== mine) return; // another listing has begun
    for (const worker of page.workers) {
      const key = keyOf(worker);
      seen.add(key);
      if (!mine.has(key)) put(key, worker);
    }
    listed.value = page.total;
    publish();
    cursor = page.cursor ?? "";
  } while (cursor);
  for (const key of workers.value.keys()) if (!seen.has(key) && !mine.has(key)) put(key, null);
  touched = null;
  isComplete.value = true;
  publish();
}

/** Forget everything: somebody else may sign in. */
export function clear(): void {
  pending.clear();
  workers.value = new Map();
  listed.value = null;
  isComplete.value = false;
  touched = null;
  connection.value = "connecting";
  trouble.value = "";
}

/** What is known of one worker, read again whenever it changes. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, read, where, words, workerPath } from "../api/client";
import type { Metrics, Permissions, Worker, WorkerObject } from "../api/types";
import { connection, watch } from "../fleet/store";

export interface WorkerId {
  script_name: string;
  namespace: string;
  platform: string;
}

export interface Known {
  worker: Worker;
  object: WorkerObject;
  metrics: Metrics;
  permissions: Permissions;
}

export interface Reading {
  known: Signal<Known | null>;
  /** Why it cannot be read; it may have been read before. */
  problem: Signal<string>;
  isGone: Signal<boolean>;
  reload: () => void;
}

const NOTHING: Permissions = { patch: false, scale: false, delete: false, force: false, logs: false, events: false };
const LEAST_MILLISECONDS = 500;
const OFTEN_MILLISECONDS = 30_000;

async function readAll(id: WorkerId, signal: AbortSignal): Promise<Known> {
  const [answer, object, metrics, permissions] = await Promise.all([
    read<{ worker: Worker }>(workerPath(id), signal),
    read<WorkerObject>(workerPath(id, "/object"), signal),
    read<{ metrics: Metrics }>(`/api/monitor/${encodeURIComponent(id.script_name)}/metrics?${where(id)}`, signal),
    read<{ permissions: Permissions }>(workerPath(id, "/permissions"), signal).catch(() => ({ permissions: NOTHING })),
  ]);
  return { worker: answer.worker, object, metrics: metrics.metrics, permissions: permissions.permissions };
}

/** Read a worker now and whenever the stream tells of a change; twice a second at most. */
export function useWorker(id: WorkerId): Reading {
  const known = useSignal<Known | null>(null);
  const problem = useSignal("");
  const isGone = useSignal(false);
  const again = useSignal(0);
  useEffect(() => {
    const ending = new AbortController();
    const loop = new Reader(id, ending.signal, (found, error) => {
      if (found) known.value = found;
      isGone.value = error instanceof ApiError && error.status === 404;
      problem.value = error === null ? "" : words(error);
    });
    loop.ask();
    const timer = setInterval(() => loop.ask(), OFTEN_MILLISECONDS);
    const unsubscribe = connection.subscribe((state) => state === "live" && loop.ask());
    return () => {
      ending.abort();
      clearInterval(timer);
      unsubscribe();
      loop.end();
    };
  }, [again.value]);
  return {
    known,
    problem,
    isGone,
    reload: () => {
      again.value += 1;
    },
  };
}

/** Reads once at a time, and once more if it was asked meanwhile. */
class Reader {
  private isReading = false;
  private isAsked = false;
  private unwatch: () => void = () => undefined;
  private watched = "";

  constructor(
    private readonly id: WorkerId,
    private readonly signal: AbortSignal,
    private readonly tell: (known: Known | null, error: unknown) => void,
  ) {}

  ask(): void {
    if (this.isReading) {
      this.isAsked = true;
      return;
    }
    this.isReading = true;
    this.isAsked = false;
    void this.read().finally(() => {
      setTimeout(() => {
        this.isReading = false;
        if (this.isAsked && !this.signal.aborted) this.ask();
      }, LEAST_MILLISECONDS);
    });
  }

  private async read(): Promise<void> {
    try {
      const known = await readAll(this.id, this.signal);
      if (this.signal.aborted) return;
      this.listen(known.worker);
      this.tell(known, null);
    } catch (error) {
      if (!this.signal.aborted) this.tell(null, error);
    }
  }

  private listen(worker: Worker): void {
    if (this.watched === worker.id) return;
    this.end();
    this.watched = worker.id;
    this.unwatch = watch(worker, () => this.ask());
  }

  end(): void {
    this.unwatch();
    this.unwatch = () => undefined;
  }
}

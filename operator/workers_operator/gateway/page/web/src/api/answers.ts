/** What the API has at a path, for components that show it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { read } from "./client";

export interface Answer<T> {
  /** As it was read last; null at first. */
  value: T | null;
  /** Why it cannot be read now; null if it can. */
  problem: unknown;
}

/** Read a path now, whenever `changed` changes, and every so many milliseconds. */
export function useAnswer<T>(path: string, changed: unknown, milliseconds = 0): Answer<T> {
  const value = useSignal<T | null>(null);
  const problem = useSignal<unknown>(null);
  useEffect(() => {
    const ending = new AbortController();
    const load = () =>
      read<T>(path, ending.signal)
        .then((answer) => {
          value.value = answer;
          problem.value = null;
        })
        .catch((error: unknown) => {
          if (!ending.signal.aborted) problem.value = error;
        });
    void load();
    const timer = milliseconds ? setInterval(load, milliseconds) : undefined;
    return () => {
      ending.abort();
      clearInterval(timer);
    };
  }, [path, changed]);
  return { value: value.value, problem: problem.value };
}

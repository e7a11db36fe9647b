/** What Kubernetes has of an object: Events, and of a worker its YAML. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAnswer } from "../api/answers";
import { send, words, workerPath } from "../api/client";
import type { ObjectEvent, Worker } from "../api/types";
import { Ago } from "../ui/ago";
import { Badge } from "../ui/badge";
import { Scrolling } from "../ui/scrolling";

const OFTEN_MILLISECONDS = 10_000;

/** The Events that the API has at a path, read again when `changed` changes. */
export function Events({ path, changed }: { path: string; changed: unknown }) {
  const { value, problem } = useAnswer<{ events: ObjectEvent[] }>(path, changed, OFTEN_MILLISECONDS);
  return (
    <section class="card" aria-label="Events">
      {problem !== null && (
        <p class="notice bad" role="alert">
          {words(problem)}
        </p>
      )}
      {value?.events.length === 0 && <p class="empty">There are no Events; Kubernetes keeps them for an hour.</p>}
      <ul class="events">
        {(value?.events ?? []).map((event) => (
          <li key={`${event.reason} ${event.firstTime} ${event.message}`}>
            <Badge tone={event.type === "Warning" ? "warn" : "good"}>{event.reason}</Badge>
            <small>
              {event.lastTime && <Ago time={event.lastTime} />}
              {event.count > 1 && ` · ${event.count} times`}
            </small>
            <p class="message">{event.message}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Yaml({ worker }: { worker: Worker }) {
  const text = useSignal("");
  const problem = useSignal("");
  const isCopied = useSignal(false);
  useEffect(() => {
    const ending = new AbortController();
    send(workerPath(worker, "/object"), { accept: "application/yaml", signal: ending.signal })
      .then((response) => response.text())
      .then((found) => {
        text.value = found;
        isCopied.value = false;
      })
      .catch((error: unknown) => {
        if (!ending.signal.aborted) problem.value = words(error);
      });
    return () => ending.abort();
  }, [worker.resourceVersion]);
  const copy = async () => {
    await navigator.clipboard.writeText(text.value);
    isCopied.value = true;
  };
  return (
    <section class="card" aria-label="YAML">
      <div class="tools">
        <code>
          kubectl -n {worker.namespace} get {worker.kind.toLowerCase()} {worker.name} -o yaml
        </code>
        {navigator.clipboard && (
          <button type="button" class="plain" onClick={copy}>
            {isCopied.value ? "Copied" : "Copy"}
          </button>
        )}
      </div>
      {problem.value && (
        <p class="notice bad" role="alert">
          {problem.value}
        </p>
      )}
      <Scrolling class="yaml" label="The object as YAML">
        <pre>{text}</pre>
      </Scrolling>
    </section>
  );
}

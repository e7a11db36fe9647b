/** The table of workers. Only the rows in view are in the document, so that thousands cost no more than a screenful. */
import { useComputed, useSignal } from "@preact/signals";
import type { TargetedEvent, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ListedWorker } from "../api/types";
import { linkToWorker, refine } from "../router";
import { Badge } from "../ui/badge";
import { age, moment, now, secondsSince } from "../ui/time";
import type { Column, Wish } from "./listing";
import { stateOf, toneOfHealth, toneOfState, typeOf, versionOf } from "./state";
import { keyOf } from "./store";

const ROW = 48;
const SPARE = 8;
const HEADS: [Column, string][] = [
  ["state", "State"],
  ["health", "Health"],
  ["name", "Worker"],
  ["customer", "Customer"],
  ["type", "Type"],
  ["rps", "Requests/s"],
  ["errors", "Errors"],
  ["instances", "Instances"],
  ["version", "Version"],
  ["age", "Age"],
];

/** Where the list was left: whoever comes back from a worker finds it there. */
let left = 0;

export function WorkerTable({ rows, wish }: { rows: ListedWorker[]; wish: Wish }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  const active = useSignal(0);
  const first = useComputed(() => Math.max(0, Math.floor(top.value / ROW) - SPARE)).value;
  const last = Math.min(rows.length, first + Math.ceil(height.value / ROW) + 2 * SPARE);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const isOther = useRef(false);
  useEffect(() => {
    if (box.current) box.current.scrollTop = isOther.current ? 0 : left;
    if (isOther.current) active.value = 0;
    isOther.current = true;
  }, [wish.search, wish.sort, wish.descending, JSON.stringify(wish.facets)]);
  // One row can be reached by Tab; the arrow keys go on from there.
  const reachable = active.value >= first && active.value < last ? active.value : Math.ceil(top.value / ROW);
  const onScroll = (event: TargetedEvent<HTMLDivElement>) => {
    left = top.value = event.currentTarget.scrollTop;
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTableSectionElement>) => {
    const step = stepOf(event.key, Math.floor(height.value / ROW) - 1, rows.length);
    if (step === null || !box.current) return;
    event.preventDefault();
    active.value = Math.min(rows.length - 1, Math.max(0, reachable + step));
    focusRow(box.current, active.value);
  };
  return (
    <div class="scroller" ref={box} onScroll={onScroll}>
      <table class="fleet" aria-rowcount={rows.length + 1} aria-label="Workers">
        <Head wish={wish} />
        <tbody onKeyDown={onKeyDown}>
          <Spacer height={first * ROW} />
          {rows.slice(first, last).map((worker, index) => (
            <Row key={keyOf(worker)} worker={worker} index={first + index} isReachable={first + index === reachable} />
          ))}
          <Spacer height={(rows.length - last) * ROW} />
        </tbody>
      </table>
    </div>
  );
}

function stepOf(key: string, page: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return 1;
    case "ArrowUp":
      return -1;
    case "PageDown":
      return page;
    case "PageUp":
      return -page;
    case "End":
      return count;
    case "Home":
      return -count;
    default:
      return null;
  }
}

/** Bring a row into view and focus its link, which is there after the next frame. */
function focusRow(box: HTMLElement, index: number): void {
  const head = box.querySelector("thead")?.clientHeight ?? 0;
  const from = index * ROW;
  if (from < box.scrollTop) box.scrollTop = from;
  else if (from + ROW + head > box.scrollTop + box.clientHeight) {
    box.scrollTop = from + ROW + head - box.clientHeight;
  }
  requestAnimationFrame(() => {
    requestAnimationFrame(() => box.querySelector<HTMLElement>(`[data-row="${index}"] a`)?.focus());
  });
}

function Spacer({ height }: { height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without content cannot be focused
  return height > 0 ? <tr aria-hidden="true" class="spacer" style={{ height: `${height}px` }} /> : null;
}

function Head({ wish }: { wish: Wish }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {HEADS.map(([column, title]) => {
          const isSorted = wish.sort === column;
          const order = isSorted ? (wish.descending ? "descending" : "ascending") : "none";
          const next = isSorted && !wish.descending ? `-${column}` : column;
          return (
            <th key={column} scope="col" class={`c-${column}`} aria-sort={order}>
              <button type="button" class="head" onClick={() => refine({ sort: next === "name" ? "" : next })}>
                {title}
                <span aria-hidden="true">{isSorted ? (wish.descending ? " ↓" : " ↑") : ""}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Row({ worker, index, isReachable }: { worker: ListedWorker; index: number; isReachable: boolean }) {
  const state = stateOf(worker);
  return (
    <tr aria-rowindex={index + 2} data-row={index}>
      <td class="c-state">
        <Badge tone={toneOfState(state)}>{state}</Badge>
        {state === "Not ready" && <small class="reason">{worker.reason}</small>}
      </td>
      <td class="c-health">
        <Badge tone={toneOfHealth(worker.health)}>{worker.health}</Badge>
      </td>
      <td class="c-name">
        <a href={linkToWorker(worker)} tabIndex={isReachable ? 0 : -1}>
          {worker.script_name}
        </a>
        <small>
          {worker.namespace}/{worker.name}
        </small>
      </td>
      <td class="c-customer">{worker.code24Metadata.customerId}</td>
      <td class="c-type">{typeOf(worker)}</td>
      <td class="c-rps">{worker.requestsPerSecond ?? "–"}</td>
      <td class="c-errors">{worker.errorRate ?? "–"}</td>
      <td class="c-instances">{worker.instances ?? "–"}</td>
      <td class="c-version">
        <code>{versionOf(worker) || "–"}</code>
      </td>
      <td class="c-age" title={moment(worker.created_on)}>
        <Age time={worker.created_on} />
      </td>
    </tr>
  );
}

/** Alone in its component, so that the clock renders nothing else. */
function Age({ time }: { time: string }) {
  return <>{useComputed(() => age(secondsSince(time, now.value)))}</>;
}

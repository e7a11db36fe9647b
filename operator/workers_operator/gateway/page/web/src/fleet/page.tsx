/** The list of all workers. */
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { place, refine, rememberList } from "../router";
import { grouped, plural } from "../ui/time";
import { FACETS, type Facet, listed, valuesOf, type Wish, wishOf } from "./listing";
import { STATES, stateOf, toneOfState } from "./state";
import { isComplete, total, workers } from "./store";
import { WorkerTable } from "./table";

export function FleetPage() {
  const wish = wishOf(place.value.query);
  const rows = useComputed(() => listed(workers.value.values(), wishOf(place.value.query))).value;
  useEffect(rememberList);
  const isEmpty = isComplete.value && total.value === 0;
  return (
    <main class="fleet-page" tabIndex={-1}>
      <h1 class="hidden">Workers</h1>
      <States wish={wish} />
      <Filters wish={wish} />
      <p class="count" role="status">
        {countOf(rows.length)}
      </p>
      {isEmpty ? <p class="empty">There are no workers that you may list.</p> : <WorkerTable rows={rows} wish={wish} />}
    </main>
  );
}

function countOf(shown: number): string {
  if (total.value === null) return "Reading the workers…";
  const all = plural(total.value, "worker");
  if (!isComplete.value) return `${grouped(workers.value.size)} of ${all} read…`;
  return shown === total.value ? all : `${grouped(shown)} of ${all}`;
}

/** How many workers are in which state; each is a filter. */
function States({ wish }: { wish: Wish }) {
  const counts = useComputed(() => {
    const found = new Map<string, number>();
    for (const worker of workers.value.values()) {
      const state = stateOf(worker);
      found.set(state, (found.get(state) ?? 0) + 1);
    }
    return found;
  }).value;
  return (
    <ul class="states" aria-label="Workers by state">
      {STATES.map((state) => {
        const isChosen = wish.facets.state === state;
        const count = counts.get(state) ?? 0;
        return (
          <li key={state}>
            <button
              type="button"
              class={`state ${toneOfState(state)} ${count ? "" : "none"}`}
              aria-pressed={isChosen}
              onClick={() => refine({ state: isChosen ? "" : state })}
            >
              <b>{grouped(count)}</b> {state}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const TITLES: Record<Facet, string> = {
  state: "State",
  health: "Health",
  type: "Type",
  platform: "Platform",
  namespace: "Namespace",
};

function Filters({ wish }: { wish: Wish }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const isFiltered = wish.search !== "" || Object.keys(wish.facets).length > 0;
  return (
    <search class="filters">
      <label class="search">
        <span class="hidden">Search by name, customer, namespace, reason or version</span>
        <input
          ref={field}
          type="search"
          placeholder="Search: name, customer, namespace…  ( / )"
          value={wish.search}
          onInput={(event) => refine({ q: event.currentTarget.value })}
        />
      </label>
      {FACETS.filter((facet) => facet !== "state").map((facet) => (
        <Choice key={facet} facet={facet} chosen={wish.facets[facet] ?? ""} />
      ))}
      {isFiltered && (
        <button type="button" class="plain" onClick={() => refine(NOTHING)}>
          Clear filters
        </button>
      )}
    </search>
  );
}

const NOTHING = Object.fromEntries(["q", ...FACETS].map((name) => [name, ""]));
const MOST_VALUES = 200;

function Choice({ facet, chosen }: { facet: Facet; chosen: string }) {
  const values = useComputed(() => valuesOf(workers.value.values(), facet)).value.slice(0, MOST_VALUES);
  const isKnown = !chosen || values.some(([value]) => value === chosen);
  if (values.length < 2 && !chosen) return null;
  return (
    <label>
      <span class="hidden">{TITLES[facet]}</span>
      <select value={chosen} onChange={(event) => refine({ [facet]: event.currentTarget.value })}>
        <option value="">{TITLES[facet]}: all</option>
        {!isKnown && <option value={chosen}>{chosen}</option>}
        {values.map(([value, count]) => (
          <option key={value} value={value}>
            {value} ({grouped(count)})
          </option>
        ))}
      </select>
    </label>
  );
}

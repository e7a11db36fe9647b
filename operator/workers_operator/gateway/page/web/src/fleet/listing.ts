/** Filters and orders of the table, as the address has them. Pure. */
import type { ListedWorker } from "../api/types";
import { HEALTH, STATES, stateOf, typeOf, versionOf } from "./state";

export const COLUMNS = [
  "state",
  "health",
  "name",
  "customer",
  "type",
  "rps",
  "errors",
  "instances",
  "version",
  "age",
] as const;
export type Column = (typeof COLUMNS)[number];
export const FACETS = ["state", "health", "type", "platform", "namespace"] as const;
export type Facet = (typeof FACETS)[number];

export interface Wish {
  search: string;
  facets: Partial<Record<Facet, string>>;
  sort: Column;
  descending: boolean;
}

export function wishOf(query: URLSearchParams): Wish {
  const facets: Partial<Record<Facet, string>> = {};
  for (const facet of FACETS) {
    const value = query.get(facet);
    if (value) facets[facet] = value;
  }
  const sort = query.get("sort") ?? "";
  const column = COLUMNS.find((name) => name === sort.replace(/^-/, "")) ?? "name";
  return { search: query.get("q") ?? "", facets, sort: column, descending: sort.startsWith("-") };
}

export function facetOf(worker: ListedWorker, facet: Facet): string {
  switch (facet) {
    case "state":
      return stateOf(worker);
    case "health":
      return worker.health;
    case "type":
      return typeOf(worker);
    case "platform":
      return worker.platform;
    case "namespace":
      return worker.namespace;
  }
}

const texts = new WeakMap<ListedWorker, string>();

function textOf(worker: ListedWorker): string {
  let text = texts.get(worker);
  if (text === undefined) {
    const parts = [worker.script_name, worker.name, worker.namespace, worker.code24Metadata.customerId, worker.url];
    text = [...parts, worker.reason, versionOf(worker)].join("\n").toLowerCase();
    texts.set(worker, text);
  }
  return text;
}

/** The workers that a wish lets pass, in its order. */
export function listed(workers: Iterable<ListedWorker>, wish: Wish): ListedWorker[] {
  const terms = wish.search.toLowerCase().split(/\s+/).filter(Boolean);
  const facets = Object.entries(wish.facets) as [Facet, string][];
  const found: { worker: ListedWorker; value: string | number }[] = [];
  for (const worker of workers) {
    if (!facets.every(([facet, value]) => facetOf(worker, facet) === value)) continue;
    if (terms.length && !terms.every((term) => textOf(worker).includes(term))) continue;
    found.push({ worker, value: rankOf(worker, wish.sort) });
  }
  const sign = wish.descending ? -1 : 1;
  found.sort((a, b) => sign * compare(a.value, b.value) || compare(a.worker.script_name, b.worker.script_name));
  return found.map((item) => item.worker);
}

/** What a column is sorted by. What is not known comes before the least. */
function rankOf(worker: ListedWorker, column: Column): string | number {
  switch (column) {
    case "state":
      return STATES.indexOf(stateOf(worker));
    case "health":
      return (HEALTH as readonly string[]).indexOf(worker.health);
    case "name":
      return worker.script_name;
    case "customer":
      return worker.code24Metadata.customerId;
    case "type":
      return typeOf(worker);
    case "rps":
      return number(worker.requestsPerSecond);
    case "errors":
      return number(worker.errorRate);
    case "instances":
      return worker.instances ?? -1;
    case "version":
      return versionOf(worker);
    case "age":
      return -Date.parse(worker.created_on);
  }
}

function number(text: string | undefined): number {
  const found = Number.parseFloat(text ?? "");
  return Number.isNaN(found) ? -1 : found;
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The values that a facet has, each with the number of its workers, the most frequent first. */
export function valuesOf(workers: Iterable<ListedWorker>, facet: Facet): [string, number][] {
  const counts = new Map<string, number>();
  for (const worker of workers) {
    const value = facetOf(worker, facet);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
}

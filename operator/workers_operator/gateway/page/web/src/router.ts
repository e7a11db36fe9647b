/** Where the reader is: the part of the address after #, which no server sees. `#/workers/NAME?namespace=…`. */
import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const place = computed(() => {
  const [path = "", query = ""] = hash.value.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decoded);
  return { parts, query: new URLSearchParams(query) };
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function address(parts: string[], query: URLSearchParams): string {
  const text = query.toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** Change parameters of the address; "" removes one. No new entry in the history: a filter is no place. */
export function refine(changes: Record<string, string>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  history.replaceState(null, "", address(place.value.parts, query));
  hash.value = location.hash;
}

export function linkToWorker(worker: { script_name: string; namespace: string; platform: string }): string {
  return address(
    ["workers", worker.script_name],
    new URLSearchParams({ namespace: worker.namespace, platform: worker.platform }),
  );
}

/** Where the list was left, so that the way back keeps its filters. */
export const listAddress = signal("#/");
export function rememberList(): void {
  listAddress.value = hash.value || "#/";
}

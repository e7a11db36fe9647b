/** What a worker is doing, in one word, and the tone in which it is shown. Pure. */
import type { ListedWorker } from "../api/types";

export type Tone = "good" | "busy" | "warn" | "bad" | "quiet";
export const STATES = ["Ready", "Rolling out", "Not ready", "Parked", "Suspended", "Deleting"] as const;
export type State = (typeof STATES)[number];
export const HEALTH = ["Healthy", "Degraded", "Unhealthy", "Unknown"] as const;

const UNDER_WAY = new Set(["Progressing", "Paused", "Promoting"]);

export function isUnderWay(phase: string | undefined): boolean {
  return phase !== undefined && UNDER_WAY.has(phase);
}

export function stateOf(worker: ListedWorker): State {
  if (worker.deleting) return "Deleting";
  if (worker.suspended) return "Suspended";
  if (isUnderWay(worker.rolloutPhase)) return "Rolling out";
  if (!worker.ready) return "Not ready";
  return worker.instances === 0 ? "Parked" : "Ready";
}

export function toneOfState(state: State): Tone {
  if (state === "Ready") return "good";
  if (state === "Not ready") return "bad";
  return state === "Rolling out" ? "busy" : "quiet";
}

export function toneOfHealth(health: string): Tone {
  if (health === "Healthy") return "good";
  if (health === "Degraded") return "warn";
  return health === "Unhealthy" ? "bad" : "quiet";
}

export function typeOf(worker: ListedWorker): string {
  return worker.code24Metadata.eliteWorkerType ?? worker.code24Metadata.template ?? "customer";
}

export function versionOf(worker: ListedWorker): string {
  return worker.code24Metadata.deploymentInfo.version ?? "";
}

/** A rollout as it happens: a bar for each version at the edge, and the steps. */
import { useComputed } from "@preact/signals";
import type { Rollout, RolloutStep, Versions, Worker } from "../api/types";
import { isUnderWay } from "../fleet/state";
import { Badge } from "../ui/badge";
import { now, secondsSince, span } from "../ui/time";
import { Ago } from "../ui/ago";

export interface Row {
  version: string;
  role: string;
  share: number;
  tone: "new" | "old" | "idle" | "failed";
}

const FAILED = new Set(["Aborted", "RolledBack"]);

/** The versions at the edge, and the one that has failed, each once. Pure. */
export function rowsOf(versions: Versions | undefined, rollout: Rollout | undefined, isParked: boolean): Row[] {
  if (!versions) return [];
  const weight = versions.canary ? (rollout?.weight ?? 0) : 0;
  const rows: Row[] = [
    { version: versions.canary ?? "", role: "canary", share: weight, tone: "new" },
    { version: versions.stable ?? "", role: "stable", share: 100 - weight, tone: "old" },
    { version: versions.previous ?? "", role: "previous", share: 0, tone: "idle" },
  ];
  if (rollout && FAILED.has(rollout.phase)) {
    rows.push({
      version: rollout.version,
      role: rollout.phase === "Aborted" ? "aborted" : "undone",
      share: 0,
      tone: "failed",
    });
  }
  const seen = new Set<string>();
  const found = rows.filter((row) => row.version && !seen.has(row.version) && seen.add(row.version));
  return isParked ? found.map((row) => ({ ...row, share: 0, tone: "idle" })) : found;
}

export function RolloutPicture({ worker }: { worker: Worker }) {
  const { rollout, versions } = worker;
  const rows = rowsOf(versions, rollout, worker.instances === 0);
  return (
    <>
      <Phase rollout={rollout} />
      {rows.length > 0 && (
        <ul class="versions" aria-label="Shares of the requests">
          {rows.map((row) => (
            <li key={row.version}>
              <code>{row.version}</code>
              <span class="role">{row.role}</span>
              <Share row={row} />
              <span class="percent">{row.share} %</span>
            </li>
          ))}
        </ul>
      )}
      <Steps worker={worker} />
      {rollout?.message && <p class="message">{rollout.message}</p>}
    </>
  );
}

function Share({ row }: { row: Row }) {
  return (
    <svg class={`share ${row.tone}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="10" />
      <rect class="fill" width={row.share} height="10" />
    </svg>
  );
}

function Phase({ rollout }: { rollout: Rollout | undefined }) {
  if (!rollout) return <p class="empty">No version has taken over from another one yet.</p>;
  const isOver = rollout.phase === "Succeeded" || FAILED.has(rollout.phase);
  const tone = FAILED.has(rollout.phase) ? "bad" : rollout.phase === "Succeeded" ? "good" : "busy";
  const phase = rollout.phase === "RolledBack" ? "Rolled back" : rollout.phase;
  return (
    <p class="phase" role="status">
      <Badge tone={tone}>{rollout.held ? "Paused by somebody" : phase}</Badge>
      {rollout.step && <span>step {rollout.step}</span>}
      {!isOver && rollout.settingsFrom === "Platform" && <small>as the platform asks for</small>}
      {rollout.stepStartedAt && (
        <small>{isOver ? <Ago time={rollout.stepStartedAt} /> : <Since time={rollout.stepStartedAt} />}</small>
      )}
    </p>
  );
}

function Since({ time }: { time: string }) {
  return (
    <>
      for <Ago time={time} suffix="" />
    </>
  );
}

function Steps({ worker }: { worker: Worker }) {
  const { rollout, rolloutSteps: steps } = worker;
  if (!rollout || !isUnderWay(rollout.phase) || worker.observedGeneration !== worker.generation) return null;
  const [at = "1", count] = (rollout.step ?? "").split("/");
  if (count !== String(steps.length)) return null;
  const current = Number(at) - 1;
  return (
    <ol class="steps" aria-label="Steps">
      {steps.map((step, index) => {
        const stage = index < current ? "done" : index === current ? "now" : "later";
        return (
          <li key={nameOf(step) + String(index)} class={stage} aria-current={stage === "now" ? "step" : undefined}>
            {nameOf(step)} <Wait step={step} rollout={stage === "now" ? rollout : null} isDone={stage === "done"} />
          </li>
        );
      })}
      <li class="later">100 %</li>
    </ol>
  );
}

function nameOf(step: RolloutStep): string {
  if (step.smoke) return "smoke test";
  return step.analysis ? `${step.weight} % with analysis` : `${step.weight} %`;
}

function Wait({ step, rollout, isDone }: { step: RolloutStep; rollout: Rollout | null; isDone: boolean }) {
  const since = rollout?.stepStartedAt;
  const whole = step.pauseSeconds;
  const left = useComputed(() => span((whole ?? 0) - secondsSince(since, now.value)));
  if (isDone) return null;
  if (rollout?.held) return <small>paused</small>;
  if (step.smoke) return null;
  if (whole === undefined) return <small>until promoted</small>;
  return (
    <small>
      for {span(whole)}
      {rollout && <>, {left} left</>}
    </small>
  );
}

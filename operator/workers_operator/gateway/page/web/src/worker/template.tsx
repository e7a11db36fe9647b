/** How far the newest version of the template that a worker follows has come with all of its followers. */
import { useAnswer } from "../api/answers";
import { ApiError, words, workerPath } from "../api/client";
import type { Template, Worker } from "../api/types";
import type { Tone } from "../fleet/state";
import { Badge } from "../ui/badge";
import { grouped, plural, secondsSince, span } from "../ui/time";

const OFTEN_MILLISECONDS = 30_000;
const TONES: Record<string, Tone> = { Succeeded: "good", Stopped: "bad", Aborted: "bad" };

export function TemplateRollout({ worker }: { worker: Worker }) {
  const path = workerPath(worker, "/template");
  const { value, problem } = useAnswer<{ template: Template }>(path, worker.resourceVersion, OFTEN_MILLISECONDS);
  // Who may not see the template is told of the worker alone.
  const isHidden = problem instanceof ApiError && problem.status === 403;
  if (!worker.follows) return null;
  return (
    <>
      <p>
        {worker.follows.kind} <b>{worker.follows.name}</b>, version <code>{worker.follows.version}</code>
      </p>
      {problem !== null && !isHidden && <p class="notice bad">{words(problem)}</p>}
      {value && <Progress template={value.template} />}
    </>
  );
}

function Progress({ template }: { template: Template }) {
  const { rollout, followers, eta } = template;
  const isOver = rollout !== undefined && rollout.phase in TONES;
  const left = eta ? -secondsSince(eta, Date.now()) : 0;
  return (
    <>
      {rollout && (
        <p class="phase">
          <Badge tone={TONES[rollout.phase] ?? "busy"}>{rollout.held ? "Paused by somebody" : rollout.phase}</Badge>
          <code>{rollout.version}</code>
          {!isOver && rollout.wave && <span>wave {rollout.wave}</span>}
          {!isOver && left > 0 && <small>about {span(left)} left</small>}
        </p>
      )}
      {followers && followers.total > 0 && <Followers followers={followers} />}
      {rollout?.message && <p class="message">{rollout.message}</p>}
    </>
  );
}

function Followers({ followers }: { followers: NonNullable<Template["followers"]> }) {
  const { total, updated, ready, failed } = followers;
  return (
    <>
      <svg class="share old" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="10" />
        <rect class="fill" width={(100 * updated) / total} height="10" />
      </svg>
      <p>
        <small>
          {grouped(updated)} of {plural(total, "follower")} have or get it, {grouped(ready)} ready with it
          {failed > 0 && `, ${grouped(failed)} failed`}
        </small>
      </p>
    </>
  );
}

/** Platforms: each one a Cloudflare account and an environment. */
import { useComputed, useSignal } from "@preact/signals";
import { useAnswer } from "../api/answers";
import { words } from "../api/client";
import type { ListedWorker, Platform, Webhook } from "../api/types";
import { stateOf } from "../fleet/state";
import { isComplete, keyOf, platformChanges, workers } from "../fleet/store";
import { linkToWorker } from "../router";
import { Badge } from "../ui/badge";
import { grouped, plural } from "../ui/time";
import { Conditions } from "../worker/conditions";
import { Events } from "../worker/documents";
import { Budget } from "./budget";

const MOST_PROBLEMS = 8;
const OFTEN_MILLISECONDS = 30_000;

export function PlatformsPage() {
  const { value, problem } = useAnswer<{ platforms: Platform[] }>(
    "/api/platforms",
    platformChanges.value,
    OFTEN_MILLISECONDS,
  );
  return (
    <main class="platforms-page" tabIndex={-1}>
      <h1>Platforms</h1>
      {problem !== null && (
        <p class="notice bad" role="alert">
          {words(problem)}
        </p>
      )}
      {value?.platforms.length === 0 && <p class="empty">There are no platforms.</p>}
      <div class="cards">
        {(value?.platforms ?? []).map((platform) => (
          <PlatformCard key={platform.name} platform={platform} />
        ))}
      </div>
    </main>
  );
}

function PlatformCard({ platform }: { platform: Platform }) {
  const its = useComputed(() =>
    [...workers.value.values()].filter((worker) => worker.platform === platform.name),
  ).value;
  return (
    <section class="card platform" aria-label={platform.name}>
      <h2>
        {platform.name} <small>{platform.environment}</small>
      </h2>
      <p class="badges">
        <Standing platform={platform} />
      </p>
      <dl class="facts">
        <Fact name="Account" value={platform.accountName ?? platform.accountId} />
        <Fact name="Domain" value={platform.domain} />
        <Fact name="Dispatcher" value={platform.dispatcher} />
        <Fact name="Dispatch namespace" value={platform.dispatchNamespace} />
        <Fact name="Workers" value={countsOf(platform)} />
        <Fact name="Without an object" value={platform.orphans ? plural(platform.orphans, "worker") : undefined} />
      </dl>
      <h3>API budget</h3>
      <Budget budget={platform.budget} workers={its} isComplete={isComplete.value} isImplied={platform.implied} />
      <h3>Problems</h3>
      <Problems platform={platform} workers={its} />
      <Webhooks webhooks={platform.notifications} />
      {!platform.implied && <PlatformEvents platform={platform} />}
    </section>
  );
}

/** Who is told of problems, and whether they take it. */
function Webhooks({ webhooks }: { webhooks: Webhook[] }) {
  if (!webhooks.length) return null;
  return (
    <>
      <h3>Notifications</h3>
      <ul class="problems">
        {webhooks.map(({ name, open, failure }) => (
          <li key={name}>
            <Badge tone={failure ? "bad" : "good"}>{name}</Badge>{" "}
            <small>{open ? `has been told of ${plural(open, "open problem")}` : "no open problems"}</small>
            {failure && <p class="message">{failure}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Its Events, which are read once somebody wants to see them. */
function PlatformEvents({ platform }: { platform: Platform }) {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>Events</summary>
      {isOpen.value && (
        <Events path={`/api/platforms/${encodeURIComponent(platform.name)}/events`} changed={platformChanges.value} />
      )}
    </details>
  );
}

function Standing({ platform }: { platform: Platform }) {
  if (platform.suspended) return <Badge tone="quiet">Suspended</Badge>;
  if (platform.implied) return <Badge tone="quiet">Described by environment variables</Badge>;
  return (
    <Badge tone={platform.ready ? "good" : "bad"}>{platform.ready ? "Ready" : (platform.reason ?? "Not ready")}</Badge>
  );
}

function countsOf({ workers }: Platform): string {
  const parts = [`${grouped(workers.ready)} of ${grouped(workers.total)} ready`];
  if (workers.suspended) parts.push(`${grouped(workers.suspended)} suspended`);
  return parts.join(", ");
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The platform's own conditions that are not as they should be, and its workers in trouble, the latest first. */
function Problems({ platform, workers }: { platform: Platform; workers: ListedWorker[] }) {
  const failing = workers
    .filter((worker) => stateOf(worker) === "Not ready" || worker.health === "Unhealthy")
    .sort((a, b) => (a.modified_on < b.modified_on ? 1 : -1));
  const conditions = (platform.problems ?? []).filter((condition) => condition.type !== "Ready");
  if (!failing.length && !conditions.length && !platform.metricsFailure) return <p class="empty">None.</p>;
  return (
    <>
      {platform.metricsFailure && (
        <p class="notice warn">The metrics of its workers are out of date: {platform.metricsFailure}</p>
      )}
      {conditions.length > 0 && <Conditions conditions={conditions} />}
      <ul class="problems">
        {failing.slice(0, MOST_PROBLEMS).map((worker) => (
          <li key={keyOf(worker)}>
            <a href={linkToWorker(worker)}>{worker.script_name}</a> <small>{worker.reason}</small>
            {worker.message && <p class="message">{worker.message}</p>}
          </li>
        ))}
      </ul>
      {failing.length > MOST_PROBLEMS && (
        <p>
          <a href={`#/?platform=${encodeURIComponent(platform.name)}&state=Not+ready`}>
            All {plural(failing.length, "worker")} in trouble
          </a>
        </p>
      )}
    </>
  );
}

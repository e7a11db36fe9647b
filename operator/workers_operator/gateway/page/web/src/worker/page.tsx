/** One worker. */
import type { ComponentChildren } from "preact";
import { workerPath } from "../api/client";
import type { Worker } from "../api/types";
import { stateOf, toneOfHealth, toneOfState, typeOf } from "../fleet/state";
import { listAddress, place, refine } from "../router";
import { Ago } from "../ui/ago";
import { Badge } from "../ui/badge";
import { Actions } from "./actions";
import { Conditions } from "./conditions";
import { Events, Yaml } from "./documents";
import { HealthStrips } from "./health";
import { type Known, useWorker, type WorkerId } from "./loading";
import { Logs } from "./logs";
import { MetricsSection } from "./metrics";
import { RolloutPicture } from "./rollout";
import { ScalingSection } from "./scaling";
import { TemplateRollout } from "./template";
import { VersionList } from "./versions";

const TABS = [
  ["", "Overview"],
  ["logs", "Logs"],
  ["events", "Events"],
  ["yaml", "YAML"],
] as const;

export function WorkerPage({ id }: { id: WorkerId }) {
  const reading = useWorker(id);
  const known = reading.known.value;
  const tab = place.value.query.get("tab") ?? "";
  return (
    <main class="worker-page" tabIndex={-1}>
      <p class="back">
        <a href={listAddress.value}>← All workers</a>
      </p>
      {reading.isGone.value && (
        <p class="notice warn" role="alert">
          {known ? "The worker is gone." : "There is no such worker, or you may not see it."}
        </p>
      )}
      {reading.problem.value && !reading.isGone.value && (
        <p class="notice bad" role="alert">
          {reading.problem.value}
        </p>
      )}
      {!known && !reading.problem.value && <p class="empty">Reading {id.script_name}…</p>}
      {known && (
        <>
          <Title known={known} />
          <Deletion worker={known.worker} isGone={reading.isGone.value} />
          {!reading.isGone.value && <Actions known={known} onDone={reading.reload} />}
          <Tabs tab={tab} known={known} />
          <Tab tab={tab} known={known} onDone={reading.reload} />
        </>
      )}
    </main>
  );
}

/** What has become of a deletion so far. */
function Deletion({ worker, isGone }: { worker: Worker; isGone: boolean }) {
  if (!worker.deleting || isGone) return null;
  const waits = worker.conditions.find(({ type }) => type === "Stalled" || type === "Reconciling");
  return (
    <p class="notice warn" role="status">
      It is being deleted, and gone once it is removed from the edge.{waits?.message && ` ${waits.message}`}
    </p>
  );
}

function Title({ known }: { known: Known }) {
  const { worker, object } = known;
  const state = stateOf(worker);
  const limits = limitsOf(worker);
  return (
    <div class="title">
      <h1>{worker.script_name}</h1>
      <p class="badges">
        <Badge tone={toneOfState(state)}>{state}</Badge>
        <Badge tone={toneOfHealth(worker.health)}>{worker.health}</Badge>
      </p>
      <dl class="facts">
        <Fact name="Object">
          {worker.kind} {worker.namespace}/{worker.name}
        </Fact>
        <Fact name="Customer">{worker.code24Metadata.customerId}</Fact>
        <Fact name="Type">{typeOf(worker)}</Fact>
        <Fact name="Platform">
          {worker.platform}
          {worker.code24Metadata.environment && ` (${worker.code24Metadata.environment})`}
        </Fact>
        {worker.source && (
          <Fact name="Code">
            {worker.source.from}
            {worker.source.updateAvailable && " (newer code is there, and held back)"}
          </Fact>
        )}
        <Fact name="Sessions">{SESSIONS[object.spec?.sessionAffinity ?? "None"]}</Fact>
        {limits && <Fact name="Limits">{limits}</Fact>}
        <Fact name="Age">
          <Ago time={worker.created_on} suffix="" />
        </Fact>
        {worker.urls.length > 0 && (
          <Fact name={worker.urls.length > 1 ? "Addresses" : "Address"}>
            {worker.urls.map((url) => (
              <Address key={url} url={url} />
            ))}
          </Fact>
        )}
      </dl>
    </div>
  );
}

/** What keeps the requests of a client on one instance. */
const SESSIONS = {
  None: undefined,
  ClientIP: "kept on an instance by the client's address",
  Cookie: "kept on an instance by a cookie",
};

function limitsOf({ limits }: Worker): string {
  const parts = [];
  if (limits?.cpuMs !== undefined) parts.push(`${limits.cpuMs} ms CPU`);
  if (limits?.subRequests !== undefined) parts.push(`${limits.subRequests} subrequests`);
  return parts.join(", ");
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A link only for what a browser opens as a page. */
function Address({ url }: { url: string }) {
  if (!/^https?:\/\//.test(url)) return <span class="address">{url}</span>;
  return (
    <a class="address" href={url} rel="noopener noreferrer" target="_blank">
      {url}
    </a>
  );
}

function Tabs({ tab, known }: { tab: string; known: Known }) {
  const { permissions } = known;
  const may: Record<string, boolean> = { logs: permissions.logs, events: permissions.events };
  return (
    <nav class="tabs" aria-label="Of the worker">
      {TABS.filter(([name]) => may[name] ?? true).map(([name, title]) => (
        <button
          key={name}
          type="button"
          aria-current={tab === name ? "page" : undefined}
          onClick={() => refine({ tab: name })}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

function Tab({ tab, known, onDone }: { tab: string; known: Known; onDone: () => void }) {
  switch (tab) {
    case "logs":
      return <Logs worker={known.worker} />;
    case "events":
      return <Events path={workerPath(known.worker, "/events")} changed={known.worker.resourceVersion} />;
    case "yaml":
      return <Yaml worker={known.worker} />;
    default:
      return <Overview known={known} onDone={onDone} />;
  }
}

function Overview({ known, onDone }: { known: Known; onDone: () => void }) {
  const { worker, object, metrics } = known;
  return (
    <div class="cards">
      <div>
        <Card title="Conditions">
          <Conditions conditions={worker.conditions} />
        </Card>
        <Card title="Scaling">
          <ScalingSection worker={worker} object={object} />
        </Card>
      </div>
      <div>
        <Card title="Rollout">
          <RolloutPicture worker={worker} />
        </Card>
        {worker.follows && (
          <Card title="Template">
            <TemplateRollout worker={worker} />
          </Card>
        )}
        <Card title="Requests">
          <MetricsSection worker={worker} metrics={metrics} />
        </Card>
        <Card title="Health">
          <HealthStrips health={worker.healthStatus} />
        </Card>
        <Card title="Versions">
          <VersionList known={known} onDone={onDone} />
        </Card>
      </div>
    </div>
  );
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

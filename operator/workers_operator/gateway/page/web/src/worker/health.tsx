/** Health now, and the strips of the last day and month. */
import { useComputed } from "@preact/signals";
import type { Health } from "../api/types";
import { toneOfHealth } from "../fleet/state";
import { Ago } from "../ui/ago";
import { Badge } from "../ui/badge";
import { moment, now, plural, span } from "../ui/time";
import { type Cell, cells, percent, uptime } from "./uptime";

const HOUR = 3_600_000;
const FINENESS = 60_000; // the strips move once a minute

export function HealthStrips({ health }: { health: Health | undefined }) {
  const minute = useComputed(() => Math.floor(now.value / FINENESS) * FINENESS).value;
  // A worker that is watched since a moment ago is watched.
  const at = Math.max(minute, Date.parse(health?.watchedSince ?? "") + 1000 || 0);
  if (!health) return <p class="empty">It was not probed yet.</p>;
  return (
    <>
      <p class="phase">
        <Badge tone={toneOfHealth(health.state)}>{health.state}</Badge>
        {health.since && (
          <small>
            for <Ago time={health.since} suffix="" />
          </small>
        )}
        {Boolean(health.out?.length) && <span>Instances without requests: {health.out?.join(", ")}</span>}
      </p>
      <Strip health={health} title="24 hours" at={at} length={HOUR / 2} count={48} />
      <Strip health={health} title="30 days" at={at} length={24 * HOUR} count={30} />
      <Outages health={health} at={at} />
    </>
  );
}

interface StripProps {
  health: Health;
  title: string;
  at: number;
  length: number;
  count: number;
}

function Strip({ health, title, at, length, count }: StripProps) {
  const strip = cells(health, at, length, count);
  const share = uptime(strip, health.watchedSince ? Date.parse(health.watchedSince) : at);
  const told = share === null ? "not watched" : `up ${percent(share)}`;
  return (
    <figure class="strip">
      <figcaption>
        Last {title}: <b>{told}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${count * 10} 30`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Last ${title}: ${told}, ${plural(strip.filter((c) => c.down).length, "cell")} with outages`}
      >
        {strip.map((cell, index) => (
          <rect key={cell.from} x={index * 10 + 1} width="8" height="30" rx="1.5" class={classOf(cell)}>
            <title>{titleOf(cell)}</title>
          </rect>
        ))}
      </svg>
    </figure>
  );
}

function classOf(cell: Cell): string {
  if (cell.down === null) return "unwatched";
  if (cell.down === 0) return "up";
  return cell.down < 0.1 ? "mostly-up" : "down";
}

function titleOf(cell: Cell): string {
  const span = `${moment(cell.from)} – ${moment(cell.to)}`;
  if (cell.down === null) return `${span}: not watched`;
  return `${span}: ${cell.down === 0 ? "up" : `down ${percent(cell.down * 100)} of the time`}`;
}

function Outages({ health, at }: { health: Health; at: number }) {
  const outages = [...(health.outages ?? [])].reverse();
  if (!outages.length) return <p class="empty">No outages in 30 days.</p>;
  return (
    <ul class="outages" aria-label="Outages">
      {outages.map((outage) => {
        const to = outage.to ? Date.parse(outage.to) : at;
        const lasted = outage.downtime ?? span((to - Date.parse(outage.from)) / 1000);
        return (
          <li key={outage.from}>
            {moment(outage.from)}: {outage.to ? `unhealthy for ${lasted}` : `unhealthy, for ${lasted} so far`}
          </li>
        );
      })}
    </ul>
  );
}

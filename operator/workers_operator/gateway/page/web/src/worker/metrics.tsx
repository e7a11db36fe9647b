/** What the requests came to lately, and how that went in the last hours. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { read, where } from "../api/client";
import type { Metrics, MetricsPoint, Worker } from "../api/types";
import { Ago } from "../ui/ago";
import { Plot, type PlotProps } from "../ui/plot";
import { grouped } from "../ui/time";

const FIGURES: [string, (metrics: Metrics) => string | null][] = [
  ["Requests", (m) => counted(m.requests)],
  ["Requests/s", (m) => m.requestsPerSecond],
  ["Errors", (m) => counted(m.errors)],
  ["Error rate", (m) => m.errorRate],
  ["Response time", (m) => m.avgResponseTime],
  ["Response time, p99", (m) => m.p99ResponseTime],
  ["CPU time, p99", (m) => (m.cpuTime && m.cpuUsage ? `${m.cpuTime} (${m.cpuUsage})` : m.cpuTime)],
  ["Memory", (m) => m.memoryUsage],
];

function counted(count: number | null): string | null {
  return count === null ? null : grouped(count);
}

/** Times, requests per second, and error rates in percent. Pure. */
export function seriesOf(points: Iterable<MetricsPoint>): PlotProps["data"] {
  const [times, rates, errors]: [number[], number[], (number | null)[]] = [[], [], []];
  for (const point of points) {
    times.push(Date.parse(point.until) / 1000);
    rates.push(point.requestsPerSecond);
    errors.push(point.errorRate ?? null);
  }
  return [times, rates, errors];
}

export function MetricsSection({ worker, metrics }: { worker: Worker; metrics: Metrics }) {
  const points = useSignal<ReadonlyMap<string, MetricsPoint>>(new Map());
  const data = useComputed(() => seriesOf(points.value.values())).value;
  useEffect(() => {
    const ending = new AbortController();
    const path = `/api/monitor/${encodeURIComponent(worker.script_name)}/metrics/history?${where(worker)}`;
    read<{ points: MetricsPoint[] }>(path, ending.signal)
      .then((answer) => {
        // Another replica of the gateway may know less: what was seen stays.
        const found = [...points.value.values(), ...answer.points].sort((a, b) => (a.until < b.until ? -1 : 1));
        points.value = new Map(found.map((point) => [point.until, point]));
      })
      .catch(() => undefined); // the figures are there without it, and the next window brings the next try
    return () => ending.abort();
  }, [worker.id, metrics.until]);
  if (!metrics.until) return <p class="empty">There were no requests yet, or they are not counted yet.</p>;
  return (
    <>
      <dl class="figures">
        {FIGURES.map(([name, tell]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{tell(metrics) ?? "–"}</dd>
          </div>
        ))}
      </dl>
      <p>
        <small>
          In {metrics.window} until <Ago time={metrics.until} />
        </small>
      </p>
      {data[0].length > 1 && (
        <Plot
          label="Requests per second and error rate, as far as the gateway has seen them"
          lines={[
            { label: "Requests/s", color: "accent", points: true },
            { label: "Errors, %", color: "bad", points: true },
          ]}
          data={data}
        />
      )}
    </>
  );
}

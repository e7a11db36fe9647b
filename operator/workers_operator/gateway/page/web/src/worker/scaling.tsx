/** What the autoscaler recommended and did, as far as its windows still count it. */
import { useMemo } from "preact/hooks";
import type { Scaling, Worker, WorkerObject } from "../api/types";
import { Ago } from "../ui/ago";
import { Plot, type PlotProps } from "../ui/plot";
import { Scrolling } from "../ui/scrolling";

/** Times, recommendations, and the number of instances, which the changes tell backwards from now. Pure. */
export function seriesOf(scaling: Scaling, now: number): PlotProps["data"] {
  const history = [...(scaling.history ?? [])].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const times = [...history.map((entry) => Date.parse(entry.time) / 1000), now / 1000];
  const recommended: (number | null)[] = [...history.map((entry) => entry.recommended ?? null), null];
  const instances: (number | null)[] = new Array(times.length).fill(null);
  let count = scaling.desired;
  instances[times.length - 1] = count;
  for (let index = history.length - 1; index >= 0; index--) {
    instances[index] = count;
    count -= history[index]?.change ?? 0;
  }
  return [times, instances, recommended];
}

export function ScalingSection({ worker, object }: { worker: Worker; object: WorkerObject }) {
  const { scaling } = worker;
  const asked = object.spec?.autoscaling;
  const data = useMemo(() => (scaling ? seriesOf(scaling, Date.now()) : null), [worker.resourceVersion]);
  if (!scaling || !data) {
    return (
      <p class="empty">
        {asked
          ? "The autoscaler has not decided anything yet."
          : `It has no autoscaler. Instances: ${worker.instances ?? "none yet"}.`}
      </p>
    );
  }
  return (
    <>
      <p>
        <b>{scaling.desired}</b> instances
        {asked && ` (${asked.minInstances ?? 1} to ${asked.maxInstances})`}
        {scaling.predicted !== undefined && `; the forecast asks for ${scaling.predicted}`}
        {scaling.lastScaleTime && (
          <small>
            {" "}
            changed <Ago time={scaling.lastScaleTime} />
          </small>
        )}
      </p>
      {scaling.reason && <p class="message">{scaling.reason}</p>}
      {data[0].length > 1 && (
        <Plot
          label={`Instances: ${scaling.desired} now, ${scaling.history?.length ?? 0} moments before`}
          lines={[
            { label: "Instances", color: "accent", isStepped: true },
            { label: "Recommended", color: "second", isDashed: true, points: true },
          ]}
          data={data}
          isWhole
        />
      )}
      <Targets scaling={scaling} />
    </>
  );
}

function Targets({ scaling }: { scaling: Scaling }) {
  if (!scaling.metrics?.length) return null;
  return (
    <Scrolling class="wide-table" label="Metrics of the autoscaler">
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Now</th>
            <th scope="col">Target</th>
            <th scope="col">Asks for</th>
          </tr>
        </thead>
        <tbody>
          {scaling.metrics.map((metric) => (
            <tr key={metric.type}>
              <td>{metric.type}</td>
              <td>{metric.current ?? "not known"}</td>
              <td>{metric.target}</td>
              <td>{metric.instances ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

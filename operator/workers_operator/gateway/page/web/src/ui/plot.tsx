/** A plot by uPlot, in the colours of the page. */
import { effect, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface Line {
  label: string;
  /** Name of a colour of the page: --NAME. */
  color: string;
  isStepped?: boolean;
  isDashed?: boolean;
  points?: boolean;
}

export interface PlotProps {
  /** What it shows, for whoever does not see it. */
  label: string;
  lines: Line[];
  /** Unix times, then the values of each line. */
  data: [number[], ...(number | null)[][]];
  /** Whether only whole numbers stand at the axis. */
  isWhole?: boolean;
}

const HEIGHT = 180;
const isDark = signal(false);
const query = matchMedia("(prefers-color-scheme: dark)");
isDark.value = query.matches;
query.addEventListener("change", () => {
  isDark.value = query.matches;
});

export function Plot({ label, lines, data, isWhole }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const dispose = effect(() => {
      void isDark.value;
      plot.current?.destroy();
      plot.current = new uPlot(options(element, lines, isWhole ?? false), latest.current, element);
    });
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      dispose();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [JSON.stringify(lines)]);
  useLayoutEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={label} />
      <figcaption>
        {lines.map((line) => (
          <span key={line.label} class={`key ${line.color}`}>
            {line.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function clock(time: number): string {
  return new Date(time * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
}

function options(element: HTMLElement, lines: Line[], isWhole: boolean): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: color("muted"),
    grid: { stroke: color("line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 1) * 1.1)] } },
    axes: [
      { ...axis, size: 28, values: (_, times) => times.map(clock) },
      { ...axis, size: 40, space: 24, ...(isWhole && { incrs: [1, 2, 5, 10, 20, 50] }) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 2,
        spanGaps: true,
        ...(line.isStepped && stepped && { paths: stepped }),
        ...(line.isDashed && { dash: [6, 4] }),
        points: { show: line.points ?? false, size: 5 },
      })),
    ],
  };
}

/** Outages as strips of cells. Pure. */
import type { Health, Outage } from "../api/types";
import { seconds } from "../ui/time";

export interface Cell {
  from: number;
  to: number;
  /** Share of the cell's time in which the worker was unhealthy; null: nobody watched it. */
  down: number | null;
}

/** `count` cells that end now. Times in milliseconds. */
export function cells(health: Health, now: number, length: number, count: number): Cell[] {
  const watched = health.watchedSince ? Date.parse(health.watchedSince) : now;
  return Array.from({ length: count }, (_, index) => {
    const from = now - (count - index) * length;
    const to = from + length;
    if (to <= watched) return { from, to, down: null };
    const begin = Math.max(from, watched);
    let down = 0;
    for (const outage of health.outages ?? []) down += overlap(outage, begin, to, now);
    return { from, to, down: Math.min(1, down / (to - begin)) };
  });
}

/** How long an outage was between two moments; one that stands for several is spread evenly. */
function overlap(outage: Outage, begin: number, end: number, now: number): number {
  const from = Date.parse(outage.from);
  const to = outage.to ? Date.parse(outage.to) : now;
  const common = Math.min(to, end) - Math.max(from, begin);
  if (common <= 0) return 0;
  const whole = Math.max(1, to - from);
  const density = outage.downtime ? Math.min(1, (seconds(outage.downtime) * 1000) / whole) : 1;
  return common * density;
}

/** The share of the time in which the worker was not unhealthy, in percent; null if nobody watched it. */
export function uptime(strip: Cell[], watchedSince: number): number | null {
  let watched = 0;
  let down = 0;
  for (const cell of strip) {
    if (cell.down === null) continue;
    const length = cell.to - Math.max(cell.from, watchedSince);
    watched += length;
    down += cell.down * length;
  }
  return watched > 0 ? (100 * (watched - down)) / watched : null;
}

/** 99.95 %, never rounded up to 100. */
export function percent(share: number): string {
  if (share === 100) return "100 %";
  return `${(Math.floor(share * 100) / 100).toFixed(2)} %`;
}

/** Times and numbers as people read them. */
import { signal } from "@preact/signals";

/** The time, for everything that tells an age. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1000);

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];

/** A time span in its two largest units: 3d4h, 5m, 12s. */
export function span(seconds: number): string {
  let left = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count || (unit === "s" && !parts.length)) parts.push(`${count}${unit}`);
    else if (parts.length) break;
  }
  return parts.slice(0, 2).join("");
}

/** A time span in one unit, as kubectl has ages. */
export function age(seconds: number): string {
  const found = UNITS.find(([, size]) => seconds >= size);
  return found ? `${Math.floor(seconds / found[1])}${found[0]}` : "0s";
}

export function secondsSince(time: string | undefined, at: number): number {
  const moment = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(moment) ? 0 : (at - moment) / 1000;
}

export function moment(time: string | number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** Seconds of a duration such as 1h30m; 0 if it is none. */
export function seconds(duration: string): number {
  let sum = 0;
  for (const [, number, unit] of duration.matchAll(/([0-9.]+)(ms|[dhms])/g)) {
    const size = unit === "ms" ? 0.001 : (UNITS.find(([name]) => name === unit)?.[1] ?? 0);
    sum += Number(number) * size;
  }
  return sum;
}

/** A number such as 1234567 with separators. */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

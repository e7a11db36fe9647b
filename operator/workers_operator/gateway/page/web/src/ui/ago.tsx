import { useComputed } from "@preact/signals";
import { moment, now, secondsSince, span } from "./time";

/** How long ago something was; alone in its component, so that the clock renders nothing else. */
export function Ago({ time, suffix = " ago" }: { time: string; suffix?: string }) {
  const text = useComputed(() => span(secondsSince(time, now.value)));
  return (
    <time datetime={time} title={moment(time)}>
      {text}
      {suffix}
    </time>
  );
}

import type { ComponentChildren } from "preact";
import type { Tone } from "../fleet/state";

/** A word with a mark; the mark has a shape of its own for each tone, so that colour is not all that tells. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <Mark tone={tone} />
      </svg>
      {children}
    </span>
  );
}

function Mark({ tone }: { tone: Tone }) {
  switch (tone) {
    case "good":
      return <circle cx="5" cy="5" r="4" />;
    case "busy":
      return <path d="M5 1.4A3.6 3.6 0 1 1 1.4 5" class="hollow" />;
    case "warn":
      return <path d="M5 .8 9.6 9H.4z" />;
    case "bad":
      return <path d="M1 1h8v8H1z" />;
    case "quiet":
      return <circle cx="5" cy="5" r="3.2" class="hollow" />;
  }
}

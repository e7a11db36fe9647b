/** Conditions in plain words: what each one means for the worker, then the operator's message. */
import type { Condition } from "../api/types";
import type { Tone } from "../fleet/state";
import { Badge } from "../ui/badge";
import { Ago } from "../ui/ago";

type Words = Record<Condition["status"], string>;

const WORDS: Record<string, Words> = {
  Ready: {
    True: "It is as its object asks for",
    False: "It is not as its object asks for",
    Unknown: "Whether it is as its object asks for is not known yet",
  },
  SourceResolved: {
    True: "Its code was found",
    False: "Its code cannot be had",
    Unknown: "Its code was not looked for yet",
  },
  Deployed: {
    True: "Its script is uploaded",
    False: "Its script is not uploaded as asked for",
    Unknown: "Whether its script is uploaded is not known yet",
  },
  Routed: {
    True: "Requests reach it",
    False: "Not all of its addresses lead to it",
    Unknown: "Whether requests reach it is not known yet",
  },
  Healthy: {
    True: "It answers its probes",
    False: "It does not answer its probes as it should",
    Unknown: "It was not probed yet",
  },
  ScalingActive: {
    True: "Its number of instances follows the load",
    False: "Its number of instances does not follow the load",
    Unknown: "Whether its number of instances follows the load is not known yet",
  },
  AbleToScale: {
    True: "Its number of instances can be changed",
    False: "Its number of instances cannot be changed now",
    Unknown: "Whether its number of instances can be changed is not known yet",
  },
  ScalingLimited: {
    True: "A limit holds its number of instances",
    False: "No limit holds its number of instances",
    Unknown: "Whether a limit holds its number of instances is not known yet",
  },
  Reconciling: {
    True: "The operator is at work on it",
    False: "Nothing is under way",
    Unknown: "Whether anything is under way is not known yet",
  },
  Stalled: {
    True: "It waits until something is changed",
    False: "Nothing holds it up",
    Unknown: "Whether anything holds it up is not known yet",
  },
  Authenticated: { True: "The API token is valid", False: "The API token is not valid", Unknown: "Not tried yet" },
  Provisioned: {
    True: "All that workers need is there",
    False: "Something that workers need is missing",
    Unknown: "Not looked at yet",
  },
  DispatcherReady: {
    True: "The dispatcher is deployed",
    False: "The dispatcher is not deployed as it should be",
    Unknown: "Not looked at yet",
  },
  NotificationsDelivered: {
    True: "Its webhooks accept what they are sent",
    False: "A webhook does not accept what it is sent",
    Unknown: "Whether its webhooks accept what they are sent is not known yet",
  },
  RolledOut: {
    True: "All of its followers have its version",
    False: "Not all of its followers have its version",
    Unknown: "Whether its followers have its version is not known yet",
  },
};
const GOOD_WHEN_FALSE = new Set(["Stalled", "Reconciling", "ScalingLimited"]);

/** What Ready means while the operator is at work: nothing is wrong so far. */
const NOT_YET = "It is not yet as its object asks for";

function plainly(condition: Condition, isUnderWay: boolean): string {
  if (isNotYet(condition, isUnderWay)) return NOT_YET;
  return WORDS[condition.type]?.[condition.status] ?? `${condition.type} is ${condition.status}`;
}

function isNotYet(condition: Condition, isUnderWay: boolean): boolean {
  return isUnderWay && condition.type === "Ready" && condition.status === "False";
}

function toneOf(condition: Condition, isUnderWay: boolean): Tone {
  if (isNotYet(condition, isUnderWay)) return "busy";
  if (condition.status === "Unknown") return "quiet";
  if (condition.type === "Reconciling" && condition.status === "True") return "busy";
  if (condition.type === "ScalingLimited" && condition.status === "True") return "warn";
  const isGood = (condition.status === "True") !== GOOD_WHEN_FALSE.has(condition.type);
  return isGood ? "good" : "bad";
}

export function Conditions({ conditions }: { conditions: Condition[] }) {
  if (!conditions.length) return <p class="empty">The operator has not looked at it yet.</p>;
  const isUnderWay = conditions.some(({ type, status }) => type === "Reconciling" && status === "True");
  return (
    <ul class="conditions">
      {conditions.map((condition) => (
        <li key={condition.type}>
          <Badge tone={toneOf(condition, isUnderWay)}>{plainly(condition, isUnderWay)}</Badge>
          <small>
            {condition.type} · {condition.reason} · <Ago time={condition.lastTransitionTime} />
          </small>
          {condition.message && <p class="message">{condition.message}</p>}
        </li>
      ))}
    </ul>
  );
}

/** What may be done with a worker: only what the caller is allowed to do, and what makes sense now. */
import { useSignal } from "@preact/signals";
import { send, where, workerPath } from "../api/client";
import type { Worker } from "../api/types";
import { isUnderWay } from "../fleet/state";
import { Dialog } from "../ui/dialog";
import type { Known } from "./loading";

const WAIT_SECONDS = 10;

export interface Action {
  name: string;
  title: string;
  question: string;
  isDangerous?: boolean;
  run: (worker: Worker, force: boolean) => Promise<unknown>;
}

function order(worker: Worker, verb: string, body: object = {}): Promise<unknown> {
  return send(`${workerPath(worker, `/rollout/${verb}`)}&wait=${WAIT_SECONDS}`, { method: "POST", body });
}

function suspend(worker: Worker, isSuspended: boolean, force: boolean): Promise<unknown> {
  const body = { suspend: isSuspended };
  return send(`${workerPath(worker)}&force=${force}`, { method: "PATCH", body });
}

const SUSPEND: Action = {
  name: "Suspend",
  title: "Suspend the worker?",
  question: "It goes on serving as it is. Nothing of it is changed, healed or scaled until the suspension ends.",
  run: (worker, force) => suspend(worker, true, force),
};
const UNSUSPEND: Action = {
  name: "End suspension",
  title: "End the suspension?",
  question: "What was changed in the meantime is deployed.",
  run: (worker, force) => suspend(worker, false, force),
};
const REDEPLOY: Action = {
  name: "Redeploy",
  title: "Redeploy the worker?",
  question: "Its code is resolved again, and whatever at the edge is not as it should be is deployed anew.",
  run: (worker) => send(workerPath(worker, "/redeploy"), { method: "POST" }),
};
const PROMOTE: Action = {
  name: "Promote",
  title: "Promote the new version?",
  question: "The rollout goes on with its next step: the new version gets more requests.",
  run: (worker) => order(worker, "promote"),
};
const PROMOTE_FULLY: Action = {
  name: "Promote fully",
  title: "Give the new version all requests?",
  question: "The steps that are left are skipped, and the former version gets no more requests.",
  isDangerous: true,
  run: (worker) => order(worker, "promote", { full: true }),
};
const PAUSE: Action = {
  name: "Pause",
  title: "Pause the rollout?",
  question: "The shares of the requests stay as they are until it is resumed.",
  run: (worker) => order(worker, "pause"),
};
const RESUME: Action = {
  name: "Resume",
  title: "Resume the rollout?",
  question: "Its steps go on.",
  run: (worker) => order(worker, "resume"),
};
const ABORT: Action = {
  name: "Abort",
  title: "Abort the rollout?",
  question: "The new version gets no more requests: all go back to the version that served before.",
  isDangerous: true,
  run: (worker) => order(worker, "abort"),
};
const RETRY: Action = {
  name: "Retry",
  title: "Try the version again?",
  question: "Its rollout begins anew.",
  run: (worker) => order(worker, "retry"),
};
const UNDO: Action = {
  name: "Undo",
  title: "Return to the former version?",
  question: "The version that serves gets no more requests: all go to the one that served before.",
  isDangerous: true,
  run: (worker) => order(worker, "undo"),
};

/** The return to a version, whatever is the former one by the time that it is carried out. */
export function returnTo(version: string): Action {
  return {
    name: "Return to it",
    title: `Return to version ${version}?`,
    question: `The version that serves gets no more requests: all go to ${version}, whose scripts are still at the edge.`,
    isDangerous: true,
    run: (worker) => order(worker, "undo", { version }),
  };
}

/** Whether a worker can return to the version that served before. Pure. */
export function mayReturn({ deleting, suspended, rollout, versions }: Worker): boolean {
  return !deleting && !suspended && !isUnderWay(rollout?.phase) && versions?.previous !== undefined;
}

/** The changes of a worker that make sense in its state. Pure. */
export function actionsOf(worker: Worker): Action[] {
  if (worker.deleting) return [];
  if (worker.suspended) return [UNSUSPEND];
  const { rollout } = worker;
  const found: Action[] = [];
  if (rollout && isUnderWay(rollout.phase)) {
    if (rollout.phase !== "Promoting") {
      found.push(...(rollout.held ? [RESUME] : [PROMOTE, PAUSE]), PROMOTE_FULLY, ABORT);
    }
  } else {
    if (rollout?.phase === "Aborted" || rollout?.phase === "RolledBack") found.push(RETRY);
    if (mayReturn(worker)) found.push(UNDO);
  }
  return [...found, REDEPLOY, SUSPEND];
}

type Open = Action | "scale" | "delete";

export function Actions({ known, onDone }: { known: Known; onDone: () => void }) {
  const { worker, permissions } = known;
  const open = useSignal<Open | null>(null);
  const offered: [string, Open, boolean][] = [];
  if (permissions.scale && !worker.deleting && !worker.suspended) offered.push(["Scale", "scale", false]);
  if (permissions.patch) {
    for (const action of actionsOf(worker)) offered.push([action.name, action, action.isDangerous ?? false]);
  }
  if (permissions.delete && !worker.deleting) offered.push(["Delete", "delete", true]);
  if (!offered.length) return null;
  const action = open.value;
  const common = {
    known,
    onDone,
    onClose: () => {
      open.value = null;
    },
  };
  return (
    <fieldset class="actions">
      <legend class="hidden">Actions</legend>
      {offered.map(([name, what, isDangerous]) => (
        <button
          key={name}
          type="button"
          class={isDangerous ? "danger" : ""}
          onClick={() => {
            open.value = what;
          }}
        >
          {name}
        </button>
      ))}
      {action === "scale" && <Scale {...common} />}
      {action === "delete" && <Delete {...common} />}
      {action !== null && typeof action === "object" && <Confirmation action={action} {...common} />}
    </fieldset>
  );
}

interface AskedProps {
  known: Known;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before an action is carried out. */
export function Confirmation({ action, known, onClose, onDone }: AskedProps & { action: Action }) {
  return (
    <Dialog
      title={action.title}
      verb={action.name}
      isDangerous={action.isDangerous ?? false}
      mayForce={known.permissions.force}
      onClose={onClose}
      onConfirm={async (force) => {
        await action.run(known.worker, force);
        onDone();
      }}
    >
      <p>{action.question}</p>
    </Dialog>
  );
}

/** What is deleted does not come back: whoever deletes a worker types its name. */
function Delete({ known, onClose, onDone }: AskedProps) {
  const { worker, object } = known;
  const typed = useSignal("");
  const isOrphaned = object.spec?.policies?.deletion === "Orphan";
  return (
    <Dialog
      title="Delete the worker?"
      verb="Delete"
      isDangerous
      isIncomplete={typed.value !== worker.script_name}
      mayForce={false}
      onClose={onClose}
      onConfirm={async () => {
        await send(workerPath(worker), { method: "DELETE" });
        onDone();
      }}
    >
      <p>
        {isOrphaned
          ? "Its object is deleted. What is at the edge stays and goes on serving, as its deletion policy asks for."
          : "Its addresses, its versions and its object are removed. That cannot be undone."}
      </p>
      <label for="name">
        Type <b>{worker.script_name}</b> to confirm
      </label>
      <input
        id="name"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </Dialog>
  );
}

function Scale({ known, onClose, onDone }: AskedProps) {
  const { worker, object } = known;
  const count = useSignal(object.spec?.instances ?? worker.instances ?? 1);
  const before = worker.instances ?? 1;
  const parks = count.value === 0;
  return (
    <Dialog
      title="Scale the worker"
      verb={parks ? "Park it" : "Scale"}
      isDangerous={count.value < before}
      mayForce={known.permissions.force}
      onClose={onClose}
      onConfirm={async (force) => {
        const path = `/api/scale/${encodeURIComponent(worker.script_name)}?${where(worker)}&force=${force}`;
        await send(path, { method: "POST", body: { instances: count.value } });
        onDone();
      }}
    >
      <label for="instances">Number of instances</label>
      <input
        id="instances"
        type="number"
        min="0"
        max="50"
        required
        value={count.value}
        onInput={(event) => {
          const given = event.currentTarget.valueAsNumber;
          if (!Number.isNaN(given)) count.value = given;
        }}
      />
      {object.spec?.autoscaling && <p class="notice warn">It has an autoscaler, which may change the number again.</p>}
      {parks && <p class="notice warn">With no instances it is parked: its visitors are answered 503.</p>}
      {!parks && count.value < before && (
        <p class="notice warn">{before - count.value} of its instances get no more requests.</p>
      )}
    </Dialog>
  );
}

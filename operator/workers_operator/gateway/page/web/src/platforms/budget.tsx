/** The API budget: what Cloudflare allows, and what uploading everything once would take of it. */
import type { Budget as BudgetOf, ListedWorker, Platform } from "../api/types";
import { grouped, plural, span } from "../ui/time";

/** How many uploads there are in all instances, and how many seconds they take at least. Pure. */
export function forecast(
  budget: { limit: number; windowSeconds: number },
  workers: Iterable<Pick<ListedWorker, "instances">>,
): { uploads: number; seconds: number } {
  let uploads = 0;
  for (const worker of workers) uploads += worker.instances ?? 0;
  return { uploads, seconds: (uploads / budget.limit) * budget.windowSeconds };
}

export interface BudgetProps {
  budget: Platform["budget"];
  workers: ListedWorker[];
  isComplete: boolean;
  isImplied: boolean;
}

const NO_OBJECT = "Environment variables describe the platform, so there is no object that could tell.";

export function Budget({ budget, workers, isComplete, isImplied }: BudgetProps) {
  if (!budget) return <p class="empty">{isImplied ? NO_OBJECT : "Cloudflare has not told the limit yet."}</p>;
  const { uploads, seconds } = forecast(budget, workers);
  const window = span(budget.windowSeconds);
  return (
    <>
      <p>
        <b>{grouped(budget.limit)}</b> calls in {window}
        {budget.left !== undefined && `, about ${grouped(budget.left)} of them left`}
      </p>
      {budget.left !== undefined && <Gauge left={budget.left} limit={budget.limit} />}
      {Boolean(budget.waiting) && <Waiting budget={budget} />}
      {isComplete && uploads > 0 && (
        <p>
          <small>
            A new version of every worker you may list is {grouped(uploads)} uploads:{" "}
            {uploads > budget.limit ? `at least ${span(seconds)}` : `within ${window}`}
          </small>
        </p>
      )}
    </>
  );
}

function Gauge({ left, limit }: { left: number; limit: number }) {
  const share = Math.min(100, (100 * left) / limit);
  return (
    <svg
      class={`share ${share < 20 ? "scarce" : "new"}`}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`About ${grouped(left)} of ${grouped(limit)} calls are left`}
    >
      <rect class="track" width="100" height="10" />
      <rect class="fill" width={share} height="10" />
    </svg>
  );
}

/** How many calls wait for their turn, and when the last of them has it if no others come. */
function Waiting({ budget }: { budget: BudgetOf }) {
  const waiting = budget.waiting ?? 0;
  const each = Number.parseFloat(budget.secondsPerCall ?? "");
  return (
    <p>
      <small>
        Up to {plural(waiting, "call")} wait for their turn
        {each > 0 && `, the last one for about ${span(Math.max(1, waiting * each))}`}
      </small>
    </p>
  );
}

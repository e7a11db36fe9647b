// Compiled only: what the types allow a user of the package, and what they do not.

import { Code24WorkersAPI, type DeploymentAnswer, DeploymentError, type LogEntry, type Worker } from "code24-workers-api";

const api = new Code24WorkersAPI("https://api.code24.dev", { token: async () => "t", retries: { attempts: 2 } });

export async function uses(signal: AbortSignal): Promise<number> {
  const answer: DeploymentAnswer = await api.deployEliteWorker(
    { type: "brand", customerId: "customer-123", subdomain: "customer123" },
    { wait: 60, signal },
  );
  const worker: Worker = await api.waitUntilReady(answer.worker, { timeoutMs: 1000 });
  await api.patchWorker(worker.script_name, { vars: null }, { ifMatch: worker.etag });
  await api.promoteRollout(answer.name, { full: true });
  const metrics = await api.getWorkerMetrics(answer.name);
  for await (const entry of api.followLogs(answer.name)) {
    const line: LogEntry = entry;
    console.log(line.message);
  }
  for await (const listed of api.listWorkers({ type: "elite-worker", limit: 10 })) console.log(listed.code24Metadata.customerId);
  for await (const change of api.watchEvents()) {
    if (change.event === "worker" && change.data.type !== "DELETED") console.log(change.data.worker.health);
  }
  return metrics.requests ?? 0;
}

export function refusals(error: unknown): string | undefined {
  // @ts-expect-error: no such product
  void api.deployEliteWorker({ type: "brands", customerId: "c", subdomain: "s" });
  // @ts-expect-error: a subdomain is required
  void api.deployEliteWorker({ type: "brand", customerId: "c" });
  // @ts-expect-error: no such field
  void api.scaleWorker("a", { instance: 2 });
  // @ts-expect-error: metrics may be unknown
  void api.getWorkerMetrics("a").then((metrics) => metrics.requests.toFixed());
  return error instanceof DeploymentError ? error.worker?.conditions[0]?.message : undefined;
}

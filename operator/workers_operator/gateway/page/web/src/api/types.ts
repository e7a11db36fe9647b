/** The answers of the API that the page reads: docs/openapi.json describes every field. */

export interface ListedWorker {
  id: string;
  script_name: string;
  created_on: string;
  modified_on: string;
  code24Metadata: {
    type: string;
    eliteWorkerType?: string;
    customerId: string;
    environment?: string;
    template?: string;
    deploymentInfo: { version?: string; lastDeployment?: string };
  };
  kind: string;
  namespace: string;
  name: string;
  platform: string;
  ready: boolean;
  reason: string;
  message?: string;
  health: string;
  instances?: number;
  url?: string;
  requestsPerSecond?: string;
  errorRate?: string;
  rolloutPhase?: string;
  suspended: boolean;
  deleting: boolean;
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
}

export interface Versions {
  stable?: string;
  canary?: string;
  previous?: string;
}

export interface Rollout {
  version: string;
  phase: string;
  step?: string;
  weight?: number;
  held?: boolean;
  settingsFrom?: "Worker" | "Platform" | "Default";
  message?: string;
  startedAt?: string;
  stepStartedAt?: string;
}

/** A smoke test, or a share of the requests for some time; without `pauseSeconds` until it is promoted. */
export interface RolloutStep {
  smoke: boolean;
  weight?: number;
  pauseSeconds?: number;
  analysis?: string[];
}

/** The template that a worker follows, and how far its newest version has come. */
export interface Template {
  kind: string;
  name: string;
  version?: string;
  rollout?: { version: string; phase: string; wave?: string; held?: boolean; message?: string };
  followers?: { total: number; updated: number; ready: number; failed: number };
  eta?: string;
}

export interface ScalingMetric {
  type: string;
  current?: string;
  target: string;
  instances?: number;
}

export interface Scaling {
  current: number;
  desired: number;
  predicted?: number;
  reason?: string;
  metrics?: ScalingMetric[];
  lastScaleTime?: string;
  history?: { time: string; recommended?: number; change?: number }[];
}

export interface Outage {
  from: string;
  to?: string;
  downtime?: string;
}

export interface Health {
  state: string;
  consecutiveFailures?: number;
  since?: string;
  out?: number[];
  watchedSince?: string;
  outages?: Outage[];
  uptime?: { day: string; month: string; until: string };
}

export interface Worker extends ListedWorker {
  resourceVersion: string;
  generation: number;
  observedGeneration: number;
  urls: string[];
  labels: Record<string, string>;
  conditions: Condition[];
  versions?: Versions;
  rollout?: Rollout;
  /** Those that apply: of the object, else of its platform, else a smoke test. */
  rolloutSteps: RolloutStep[];
  follows?: { kind: string; name: string; version: string };
  scaling?: Scaling;
  healthStatus?: Health;
  source?: { from: string; digest: string; version?: string; updateAvailable?: string };
  limits?: { cpuMs?: number; subRequests?: number };
}

export interface Version {
  number: number;
  hash: string;
  created: string;
  by?: string;
  source?: string;
  share: number;
  state: string;
  message?: string;
}

export interface Metrics {
  requests: number | null;
  errors: number | null;
  avgResponseTime: string | null;
  cpuUsage: string | null;
  memoryUsage: string | null;
  uptime: string | null;
  errorRate: string | null;
  requestsPerSecond: string | null;
  p99ResponseTime: string | null;
  cpuTime: string | null;
  uptimeMonth: string | null;
  window: string | null;
  until: string | null;
}

export interface MetricsPoint {
  until: string;
  requestsPerSecond: number;
  errorRate?: number;
}

export interface ObjectEvent {
  type: string;
  reason: string;
  message: string;
  count: number;
  firstTime?: string;
  lastTime?: string;
}

export interface LogEntry {
  time?: string;
  version?: string;
  instance?: number;
  type?: string;
  level?: string;
  message?: string;
  stack?: string;
  trigger?: string;
  outcome?: string;
  status?: number;
  cpuMs?: number;
  wallMs?: number;
}

export interface Permissions {
  patch: boolean;
  scale: boolean;
  delete: boolean;
  force: boolean;
  logs: boolean;
  events: boolean;
}

export interface Counts {
  total: number;
  ready: number;
  suspended: number;
  notReady: number;
}

/** What Cloudflare allows; and as far as the operator tells it, what is left, and what waits for it. */
export interface Budget {
  limit: number;
  windowSeconds: number;
  left?: number;
  waiting?: number;
  secondsPerCall?: string;
}

export interface Webhook {
  name: string;
  open: number;
  failure?: string;
}

export interface Platform {
  name: string;
  environment: string;
  accountId: string;
  accountName?: string;
  domain?: string;
  implied: boolean;
  ready: boolean;
  reason?: string;
  message?: string;
  suspended: boolean;
  dispatcher?: string;
  dispatchNamespace?: string;
  budget?: Budget;
  workers: Counts;
  orphans?: number;
  notifications: Webhook[];
  metricsFailure?: string;
  problems?: Condition[];
}

export interface WorkerObject {
  spec?: {
    instances?: number;
    suspend?: boolean;
    sessionAffinity?: "None" | "ClientIP" | "Cookie";
    policies?: { deletion?: "Delete" | "Orphan" };
    autoscaling?: { minInstances?: number; maxInstances: number };
  };
}

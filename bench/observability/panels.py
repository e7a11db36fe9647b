"""What the dashboard shows: rows of panels, as data."""

from collections.abc import Sequence
from typing import Final

from bench.observability.specs import PanelSpec, Query, RowSpec

ALL: Final = '{platform=~"$platform"}'
JOB: Final = 'job="workers-operator"'
ONE: Final = '{platform=~"$platform", exported_namespace=~"$namespace", worker=~"$worker"}'
RATE: Final = "$__rate_interval"
HEALING: Final = "cloudflare_worker_healing_total"
ROLLOUTS: Final = "cloudflare_worker_rollouts_total"
TEMPLATES: Final = "cloudflare_worker_template_rollouts_total"
# Analytics come once a minute: a shorter range would often see nothing.
MINUTES: Final = "5m"


def _stat(title: str, about: str, expr: str, unit: str = "short") -> PanelSpec:
    return PanelSpec(title, about, (Query(expr),), unit, kind="stat", width=3)


def _quantiles(histogram: str, by: str, legend: str, matcher: str = "") -> Sequence[Query]:
    labels = f"{by}, le" if by else "le"
    buckets = f"sum by ({labels}) (rate({histogram}_bucket{matcher}[{RATE}]))"
    return [
        Query(f"histogram_quantile({level}, {buckets})", f"{legend}p{round(level * 100)}")
        for level in (0.5, 0.99)
    ]


_FLEET: Final = RowSpec(
    "Fleet",
    (
        _stat("Workers", "All workers of the platforms.", f"sum(platform:cloudflare_worker_count:max{ALL})"),
        _stat(
            "Ready",
            "Share of the workers that are Ready; those that are suspended do not count.",
            f"min(platform:cloudflare_worker_ready:ratio{ALL})",
            "percentunit",
        ),
        _stat(
            "Suspended",
            "Workers that are left alone because their spec or their platform asks for it.",
            f"sum(max by (platform) (cloudflare_worker_suspended{ALL}))",
        ),
        _stat(
            "Unhealthy",
            "Workers that fail their health probes.",
            'sum(max by (platform) (cloudflare_worker_health{platform=~"$platform", state="Unhealthy"}))',
        ),
        _stat(
            "Platforms ready",
            "Share of the platforms on which workers can be deployed.",
            f"avg(max by (platform) (cloudflare_worker_platform_ready{ALL}))",
            "percentunit",
        ),
        _stat(
            "Orphans",
            "Workers that serve without an object.",
            f"sum(max by (platform) (cloudflare_worker_orphans{ALL}))",
        ),
        _stat(
            "Requests",
            "Requests of visitors, some minutes late.",
            f"sum(platform:cloudflare_worker_requests:rate5m{ALL})",
            "reqps",
        ),
        _stat(
            "Failed requests",
            "Share of the requests that failed.",
            f"max(platform:cloudflare_worker_request_errors:ratio_rate5m{ALL})",
            "percentunit",
        ),
        PanelSpec(
            "Alerts",
            "Alerts that fire now.",
            (Query('ALERTS{alertname=~"Workers.*", alertstate="firing"}', "{{alertname}} {{platform}}"),),
            kind="table",
            width=24,
        ),
        PanelSpec(
            "Not Ready, by reason",
            "Workers whose Ready condition is not True.",
            (Query(f"max by (platform, reason) (cloudflare_worker_not_ready{ALL})", "{{platform}} {{reason}}"),),
            stacked=True,
        ),
        PanelSpec(
            "Platforms not ready, by reason",
            "1 while workers cannot be deployed on the platform.",
            (
                Query(
                    f"max by (platform, reason) (cloudflare_worker_platform_not_ready{ALL})",
                    "{{platform}} {{reason}}",
                ),
            ),
        ),
        PanelSpec(
            "Followers of templates",
            "Workers that follow a template, by how far they are with its version.",
            (
                Query(
                    "sum by (kind, name, state) (max by (kind, exported_namespace, name, state) "
                    "(cloudflare_worker_template_followers))",
                    "{{name}} {{state}}",
                ),
            ),
            stacked=True,
        ),
        PanelSpec(
            "Rollouts of templates",
            "Rollouts of templates' new versions that have ended, in an hour, by how they did.",
            (Query(f"sum by (kind, outcome) (increase({TEMPLATES}[1h]))", "{{kind}} {{outcome}}"),),
        ),
        PanelSpec(
            "Health",
            "Workers by status.health.state.",
            (Query(f"sum by (state) (max by (platform, state) (cloudflare_worker_health{ALL}))", "{{state}}"),),
            stacked=True,
        ),
        PanelSpec(
            "Repairs",
            "What was mended without an edit, in an hour: vanished scripts and routes, failing instances.",
            (Query(f"sum by (platform, action) (increase({HEALING}{ALL}[1h]))", "{{platform}} {{action}}"),),
        ),
        PanelSpec(
            "Rollouts",
            "Rollouts of new versions that have ended, in an hour, by how they did.",
            (Query(f"sum by (platform, outcome) (increase({ROLLOUTS}{ALL}[1h]))", "{{platform}} {{outcome}}"),),
        ),
        PanelSpec(
            "Requests",
            "Requests of visitors, some minutes late.",
            (Query(f"platform:cloudflare_worker_requests:rate5m{ALL}", "{{platform}}"),),
            "reqps",
        ),
        PanelSpec(
            "Failed requests, by kind",
            "exception and limit: the code; status: the code or its origin; unavailable: a missing script.",
            (
                Query(
                    f"sum by (kind) (rate(cloudflare_worker_request_errors_total{ALL}[{MINUTES}]))",
                    "{{kind}}",
                ),
            ),
            "reqps",
            stacked=True,
        ),
        PanelSpec(
            "Response time and CPU time",
            "Average time until the headers of a response, and average CPU time of a request.",
            (
                Query(f"platform:cloudflare_worker_response_seconds:mean5m{ALL}", "{{platform}} response"),
                Query(
                    f"sum by (platform) (rate(cloudflare_worker_cpu_seconds_total{ALL}[{MINUTES}]))"
                    f" / platform:cloudflare_worker_requests:rate5m{ALL}",
                    "{{platform}} CPU",
                ),
            ),
            "s",
        ),
        PanelSpec(
            "Age of the analytics",
            "The newest complete minute; 2 to 4 minutes are usual.",
            (Query(f"max by (platform) (cloudflare_worker_metrics_age_seconds{ALL})", "{{platform}}"),),
            "s",
        ),
        PanelSpec(
            "Analytics that cannot be read",
            "1 while the last query failed; status.metrics.failure of the WorkersPlatform says why.",
            (Query(f"max by (platform) (cloudflare_worker_metrics_failing{ALL})", "{{platform}}"),),
        ),
    ),
)  # fmt: skip

_ONE_WORKER: Final = RowSpec(
    "One worker (needs spec.metrics.perWorker)",
    (
        PanelSpec(
            "Requests: $namespace/$worker",
            "Requests of visitors, some minutes late.",
            (
                Query(
                    "sum by (exported_namespace, worker) "
                    f"(rate(cloudflare_worker_single_requests_total{ONE}[{MINUTES}]))",
                    "{{exported_namespace}}/{{worker}}",
                ),
            ),
            "reqps",
            width=12,
        ),
        PanelSpec(
            "Failed requests, by kind: $namespace/$worker",
            "exception and limit: the code; status: the code or its origin; unavailable: a missing script.",
            (
                Query(
                    "sum by (exported_namespace, worker, kind) "
                    f"(rate(cloudflare_worker_single_request_errors_total{ONE}[{MINUTES}]))",
                    "{{exported_namespace}}/{{worker}} {{kind}}",
                ),
            ),
            "reqps",
            width=12,
        ),
        PanelSpec(
            "Share of a new version: $namespace/$worker",
            "Percent of the requests that the version on its way gets, while a rollout is under way.",
            (Query(f"max by (exported_namespace, worker) (cloudflare_worker_rollout_weight{ONE})", "{{worker}}"),),
            width=24,
        ),
    ),
)  # fmt: skip

_RECONCILE: Final = RowSpec(
    "Reconcile",
    (
        PanelSpec(
            "Leader",
            "1: the replica that makes changes. Without an election, none is shown.",
            (Query(f"leader_election_master_status{{{JOB}}}", "{{instance}}"),),
        ),
        PanelSpec(
            "Reconciliations, by result",
            "success, requeue_after (a later check), error (retried), terminal_error (waits for a change).",
            (
                Query(
                    f"sum by (controller, result) (rate(controller_runtime_reconcile_total{{{JOB}}}[{RATE}]))",
                    "{{controller}} {{result}}",
                ),
            ),
            "ops",
            stacked=True,
        ),
        PanelSpec(
            "Failures",
            "Failed and retried; failed for good; ended in an unexpected exception.",
            tuple(
                Query(f"sum(rate(controller_runtime_{name}_total{{{JOB}}}[{RATE}]))", legend)
                for name, legend in (
                    ("reconcile_errors", "retried"),
                    ("terminal_reconcile_errors", "for good"),
                    ("reconcile_panics", "unexpected"),
                )
            ),
            "ops",
        ),
        PanelSpec(
            "Duration",
            "Of a reconciliation; the 99th percentile as recorded.",
            (
                Query("controller:controller_runtime_reconcile_time_seconds:p99_5m", "{{controller}} p99"),
                *_quantiles(
                    "workqueue_work_duration_seconds", "name", "{{name}} work ", f"{{{JOB}}}"
                ),
            ),
            "s",
        ),
        PanelSpec(
            "Wait in the queue",
            "From when an object is due until its reconciliation begins.",
            (Query("controller:workqueue_queue_duration_seconds:p99_5m", "{{controller}} p99"),),
            "s",
        ),
        PanelSpec(
            "Queue",
            "Due objects. A replica that does not lead keeps its own up to date and works none off.",
            (Query(f"sum by (name, instance) (workqueue_depth{{{JOB}}})", "{{name}} {{instance}}"),),
        ),
        PanelSpec(
            "Additions and retries",
            "What comes into the queue, and what comes again after a failure.",
            (
                Query(f"sum by (name) (rate(workqueue_adds_total{{{JOB}}}[{RATE}]))", "{{name}} added"),
                Query(f"sum by (name) (rate(workqueue_retries_total{{{JOB}}}[{RATE}]))", "{{name}} retried"),
            ),
            "ops",
            width=12,
        ),
        PanelSpec(
            "Reconciliations under way",
            "Those that wait for a probe or a shared write hold no slot.",
            (
                Query(f"sum by (controller) (controller_runtime_active_workers{{{JOB}}})", "{{controller}}"),
                Query(f"max(controller_runtime_max_concurrent_reconciles{{{JOB}}})", "slots"),
            ),
            width=12,
        ),
    ),
)  # fmt: skip

_BUDGET: Final = RowSpec(
    "API budget",
    (
        PanelSpec(
            "Calls used in the window",
            "Share of the calls that Cloudflare allows in 5 minutes; other programs' calls count, too.",
            (Query(f"platform:cloudflare_worker_api_budget_used:ratio{ALL}", "{{platform}}"),),
            "percentunit",
        ),
        PanelSpec(
            "Calls left",
            "In the token's current window, and what it may make in one.",
            (
                Query(f"max by (platform) (cloudflare_worker_api_budget_remaining{ALL})", "{{platform}} left"),
                Query(f"max by (platform) (cloudflare_worker_api_budget_limit{ALL})", "{{platform}} limit"),
            ),
        ),
        PanelSpec(
            "Wait for the budget",
            "Of a call, until it may be sent.",
            tuple(_quantiles("cloudflare_worker_api_budget_wait_seconds", "", "")),
            "s",
        ),
        PanelSpec(
            "Calls, by code",
            "HTTP status of the answer; error: there was none.",
            (Query(f"sum by (code) (rate(cloudflare_worker_api_requests_total[{RATE}]))", "{{code}}"),),
            "ops",
            stacked=True,
        ),
        PanelSpec(
            "Calls refused for their rate",
            "Answered with 429, in an hour: another program uses the same token.",
            (
                Query(
                    'sum by (endpoint) (increase(cloudflare_worker_api_requests_total{code="429"}[1h]))',
                    "{{endpoint}}",
                ),
            ),
        ),
        PanelSpec(
            "Calls, by endpoint",
            "The ten endpoints that are called most.",
            (
                Query(
                    f"topk(10, sum by (endpoint) (rate(cloudflare_worker_api_requests_total[{RATE}])))",
                    "{{endpoint}}",
                ),
            ),
            "ops",
            stacked=True,
        ),
        PanelSpec(
            "Duration of calls, and failures",
            "99th percentile; share of the calls that ended with 500 or more, or without an answer.",
            (
                Query("operator:cloudflare_worker_api_request_seconds:p99_5m", "p99 (s)"),
                Query("operator:cloudflare_worker_api_errors:ratio_rate5m", "failures (share)"),
            ),
        ),
    ),
)  # fmt: skip

_SCALING: Final = RowSpec(
    "Scaling",
    (
        PanelSpec(
            "Changes of the number of instances",
            "By autoscalers, in an hour.",
            (
                Query(
                    f"sum by (platform, direction) (increase(cloudflare_worker_scalings_total{ALL}[1h]))",
                    "{{platform}} {{direction}}",
                ),
            ),
            width=12,
        ),
        PanelSpec(
            "Workers at maxInstances",
            "Their load asks for more instances than they may have.",
            (Query(f"max by (platform) (cloudflare_worker_scaling_limited{ALL})", "{{platform}}"),),
            width=12,
        ),
        PanelSpec(
            "Scripts",
            "In the dispatch namespaces: one for each instance of each version.",
            (Query(f"max by (platform) (cloudflare_worker_scripts{ALL})", "{{platform}}"),),
            width=12,
        ),
        PanelSpec(
            "Requests a script",
            "Requests a second by the number of scripts: what one instance serves on average.",
            (
                Query(
                    f"platform:cloudflare_worker_requests:rate5m{ALL}"
                    f" / (max by (platform) (cloudflare_worker_scripts{ALL}) > 0)",
                    "{{platform}}",
                ),
            ),
            "reqps",
            width=12,
        ),
    ),
)

ROWS: Final = (_FLEET, _ONE_WORKER, _RECONCILE, _BUDGET, _SCALING)

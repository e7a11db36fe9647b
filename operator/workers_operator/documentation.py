"""Generates docs/conditions.md from the reasons in ``domain/reasons.py``.

``python -m workers_operator.documentation --output docs`` writes the page; ``--check`` exits with 1 if it differs.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workers_operator.domain.reasons import Reason, ReasonWord
from workers_operator.domain.scaling.reasons import ScalingReason

_HEAD: Final = """# Conditions and their reasons

<!-- Generated from operator/workers_operator/domain/reasons.py by `make manifests`. Do not edit. -->

Every status follows the rules of kstatus and of Flux's checks. `Ready` mirrors the worst of the other conditions,
those of scaling excepted. While an object is suspended, it is True with the reason `Suspended` or
`PlatformSuspended`, and tools do not wait for it ([GitOps](gitops.md)). Each condition carries `observedGeneration`;
`Reconciling` and `Stalled` are present only while true, never both. The `status.observedGeneration` of a new object is
-1, so that tools see it as in progress before the operator has.

```console
$ kubectl wait --for=condition=Ready cw/hello
$ kubectl annotate cw/hello reconcile.fluxcd.io/requestedAt="$(date +%s)" --overwrite   # check now
```

| condition of a worker | True means |
| --- | --- |
| `SourceResolved` | the code is known |
| `Deployed` | all instances of its version are uploaded |
| `Routed` | a request through the data plane is answered by this version |
| `Healthy` | the health probe succeeds |
| `ScalingActive` | with [autoscaling](scaling.md): the number of instances follows the metrics |
| `AbleToScale` | with autoscaling: the number can be changed |
| `ScalingLimited` | with autoscaling: a bound or a policy holds the number back |

| condition of a platform | True means |
| --- | --- |
| `Authenticated` | Cloudflare accepts the token |
| `Provisioned` | the dispatch namespace, the KV namespace and the bucket exist |
| `DispatcherReady` | the dispatcher is deployed and its route leads to it |

## Reasons

A worker that cannot be deployed because of its platform carries the platform's reason on `Deployed`; if the platform is
suspended, `PlatformSuspended` on `Ready`.

| reason | conditions | meaning, and what to do |
| --- | --- | --- |
"""

_TAIL: Final = """
Events are posted on transitions: `Deployed` (a new version answers), `Scaled`, `Ready`, `Suspended`,
`PlatformSuspended`, and the other reasons above as warnings.

## What prevents deletion

The finalizer stays while the worker cannot be removed; `Routed` says why. `spec.policies.deletion: Orphan` releases the
object and leaves the worker as it is. An object with `InvalidSpec` is released if nothing of it was ever deployed.
"""


def page() -> str:
    """Return the page as Markdown."""
    rows = (f"| `{r.value}` | {_conditions(r)} | {r.about} |\n" for r in (*Reason, *ScalingReason))
    return _HEAD + "".join(rows) + _TAIL


def _conditions(reason: ReasonWord) -> str:
    if reason.on == "any":
        return "any"
    return ", ".join(f"`{name.strip()}`" for name in reason.on.split(","))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="documentation", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the page")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    target = options.output / "conditions.md"
    if not options.check:
        target.write_text(page())
        return 0
    if target.exists() and target.read_text() == page():
        return 0
    sys.stderr.write(f"{target} differs from the reasons in the code; run `make manifests`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

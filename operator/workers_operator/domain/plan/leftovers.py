"""Plans of leftovers: what leaves nothing of them on an account. Pure."""

from workers_operator.domain.leftovers import IdleRouter, Leftover, Orphan, StrayScript
from workers_operator.domain.plan.actions import DeleteAccountScript, Plan, Remove
from workers_operator.domain.plan.worker import ObservedWorker, plan_removal
from workers_operator.domain.worker import ObjectKey, Worker


def plan_leftover(leftover: Leftover, observed: ObservedWorker, domain: str) -> Plan:
    """Return what removes a leftover. ``observed``: what there is of an orphan."""
    match leftover:
        case StrayScript(name):
            return Plan((Remove(name, "no object claims it, and nothing leads to it"),))
        case IdleRouter(name):
            return Plan((DeleteAccountScript(name, "no worker calls another one"),))
        case Orphan(script_name, owner):
            key = ObjectKey("", "", owner)
            return plan_removal(Worker(key, "", "", script_name, (), 0, domain), observed)

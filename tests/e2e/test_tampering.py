"""Somebody with a token of the account overwrites a script of ours through Cloudflare's API."""

from typing import Any

from support.bed import Place
from support.handles import Worker
from support.scripts import says
from support.tampering import await_slack, uploads
from support.waiting import until


def modified(place: Place, worker: Worker) -> dict[str, Any]:
    """Script → when it was changed last, of a worker."""
    account = place.bed.edge.variables["CLOUDFLARE_ACCOUNT_ID"]
    path = f"/accounts/{account}/workers/dispatch/namespaces/{worker.space}/scripts"
    return {
        name: place.bed.edge.result("GET", f"{path}/{name}")["modified_on"]
        for name in worker.scripts()
    }


def test_an_overwritten_script_is_repaired_and_told(place: Place) -> None:
    platform = place.platform(place.proxy(), interval="10s")
    worker = place.customer("mine", says("mine"), on=platform, interval="10s")
    neighbour = place.customer("other", says("other"), on=platform, interval="10s")
    for one in (worker, neighbour):
        one.wait_ready()
    await_slack(worker)
    before, untouched = modified(place, worker), modified(place, neighbour)
    [script] = before

    place.bed.edge.put_script(worker.space, script)
    until(lambda: worker.visit().text != "mine", "the script is not overwritten")
    until(lambda: worker.visit().text == "mine", "the script is not repaired")

    until(
        lambda: any("ContentTampered" in event for event in worker.events()),
        lambda: f"no Event: {worker.events()}",
    )
    worker.wait(
        lambda o: uploads(o) == list(modified(place, worker).values()),
        "status does not say how the script is left",
    )
    assert modified(place, worker) != before
    assert modified(place, neighbour) == untouched
    assert not any("ContentTampered" in event for event in neighbour.events())
    worker.check_now()
    assert sum("ContentTampered" in event for event in worker.events()) == 1


def test_an_overwritten_dispatcher_is_repaired_and_told(place: Place) -> None:
    platform = place.platform(place.proxy(), interval="10s")
    worker = place.customer("mine", says("mine"), on=platform)
    worker.wait_ready()
    await_slack(platform)

    place.bed.edge.put_account_script(platform.dispatcher)
    until(lambda: worker.visit().text != "mine", "the dispatcher is not overwritten")
    until(lambda: worker.visit().text == "mine", "the dispatcher is not repaired")
    until(
        lambda: any("ContentTampered" in event for event in platform.events()),
        lambda: f"no Event: {platform.events()}",
    )

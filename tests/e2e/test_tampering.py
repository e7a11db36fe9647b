"""Somebody with a token of the account overwrites a script of ours through Cloudflare's API."""

from datetime import UTC, datetime, timedelta
from typing import Any

from support.bed import Place
from support.handles import Worker
from support.scripts import says
from support.waiting import until


def modified(place: Place, worker: Worker) -> dict[str, Any]:
    """Script → when it was changed last, of a worker."""
    account = place.bed.edge.variables["CLOUDFLARE_ACCOUNT_ID"]
    path = f"/accounts/{account}/workers/dispatch/namespaces/{worker.space}/scripts"
    return {
        name: place.bed.edge.result("GET", f"{path}/{name}")["modified_on"]
        for name in worker.scripts()
    }


def older_than_slack(moment: str) -> bool:
    """Whether a change from now on cannot be taken for one of that moment."""
    return datetime.now(UTC) - datetime.fromisoformat(moment) > timedelta(seconds=1.5)


def test_an_overwritten_script_is_repaired_and_told(place: Place) -> None:
    platform = place.platform(place.proxy(), interval="10s")
    worker = place.customer("mine", says("mine"), on=platform, interval="10s")
    neighbour = place.customer("other", says("other"), on=platform, interval="10s")
    for one in (worker, neighbour):
        one.wait_ready()
    worker.wait(lambda o: o["status"].get("scripts"), "status does not say how the script was left")
    before, untouched = modified(place, worker), modified(place, neighbour)
    [script] = before
    until(lambda: older_than_slack(before[script]), "the clock stands still")

    place.bed.edge.put_script(worker.space, script)
    until(lambda: worker.visit().text != "mine", "the script is not overwritten")
    until(lambda: worker.visit().text == "mine", "the script is not repaired")

    until(
        lambda: any("ContentTampered" in event for event in worker.events()),
        lambda: f"no Event: {worker.events()}",
    )
    worker.wait(
        lambda o: (
            [s["modifiedOn"] for s in o["status"]["scripts"]]
            == list(modified(place, worker).values())
        ),
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
    platform.wait(lambda o: o["status"].get("scripts"), "status does not say how it was left")
    [left] = platform.status["scripts"]
    until(lambda: older_than_slack(left["modifiedOn"]), "the clock stands still")

    place.bed.edge.put_account_script(platform.dispatcher)
    until(lambda: worker.visit().text != "mine", "the dispatcher is not overwritten")
    until(lambda: worker.visit().text == "mine", "the dispatcher is not repaired")
    until(
        lambda: any("ContentTampered" in event for event in platform.events()),
        lambda: f"no Event: {platform.events()}",
    )

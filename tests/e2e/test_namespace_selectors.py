"""Grants by label on a real cluster: who labels a namespace lets it in, and out."""

from collections.abc import Mapping

from support.bed import Place
from support.scripts import says
from support.tenancy import ALL, everything
from support.waiting import holds


def test_a_label_lets_a_namespace_in_and_its_absence_keeps_out_what_is_new(place: Place) -> None:
    selector = {"matchLabels": {"plan": f"paid-{place.slug}"}}
    grant = {**everything()["grants"][0], "namespaceSelector": selector}
    del grant["namespaces"]
    platform = place.platform(place.proxy(), tenancy={"grants": [grant]})
    platform.wait_ready()

    first = place.customer("first", says("first"), on=platform)
    found = first.wait_condition("Deployed", "False", "NotGranted")
    assert "may not list" not in found["message"], "the manifests do not permit it"
    label(place, {"plan": f"paid-{place.slug}"})
    first.wait_ready()
    assert first.visit().text == "first"

    label(place, {"plan": None})
    first.wait_condition("Deployed", "False", "NotGranted")
    second = place.customer("second", says("second"), on=platform)
    second.wait_condition("Deployed", "False", "NotGranted")
    assert not second.scripts()
    holds(lambda: first.visit().text == "first", "a grant that is taken back stops a worker", 1)

    platform.apply(tenancy={"grants": [{**grant, "namespaces": ALL}]})
    first.wait_ready()
    second.wait_ready()


def label(place: Place, labels: Mapping[str, str | None]) -> None:
    """``kubectl label namespace``."""
    path = f"/api/v1/namespaces/{place.namespace}"
    place.access.api.patch(path, {"metadata": {"labels": labels}})

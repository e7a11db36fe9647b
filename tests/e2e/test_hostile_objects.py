"""Objects and keys that nobody could handle: they are reported, lead nowhere, and stop no other worker."""

import json
from typing import Any, Final

from support.bed import Place
from support.handles import API_VERSION, Platform, Worker, now
from support.hostile import nested
from support.kube import path_of
from support.lab import Lab
from support.scripts import says

_PARAMETERS: Final = "PARAMETERS"
_DEPTH: Final = 3000


def _written(place: Place, name: str, parameters: str, on: Platform) -> Worker:
    """A CustomerWorker with parameters in JSON that no library would write."""
    spec: dict[str, Any] = {
        "customerId": place.customer_id,
        "subdomain": f"{place.slug}-{name}",
        "platform": on.name,
        "source": {"inline": {"script": says("hostile")}},
        "parameters": _PARAMETERS,
    }
    metadata = {"name": name, "namespace": place.namespace}
    body = {"apiVersion": API_VERSION, "kind": "CustomerWorker", "metadata": metadata, "spec": spec}
    worker = Worker(place.access, body, 1, domain=on.domain, space=on.space)
    place.workers.append(worker)
    text = json.dumps(body).replace(f'"{_PARAMETERS}"', parameters)
    place.access.api.create_text(path_of("CustomerWorker", place.namespace), text)
    return worker


def test_an_object_that_is_nested_too_deeply_stops_no_other(lab: Lab) -> None:
    """Neither while it is watched, nor where an operator starts with it in its list."""
    operator = lab.start()
    platform = lab.place.platform(lab.proxy)
    before = lab.place.customer("before", says("before"), on=platform)
    before.wait_ready()
    deep = _written(lab.place, "deep", nested(_DEPTH), platform)
    condition = deep.wait_condition("SourceResolved", "False", "InvalidSpec")
    assert "spec.parameters: is nested more than 32 levels deep" in condition["message"]
    lab.place.customer("after", says("after"), on=platform).wait_ready()
    before.apply(instances=2)
    before.wait_ready()

    lab.stop()
    assert "Traceback" not in operator.process.text
    lists = _written(lab.place, "lists", f'{{"a": {nested(_DEPTH, "[", "]")}}}', platform)
    operator = lab.start()
    lists.wait_condition("SourceResolved", "False", "InvalidSpec")
    again = lab.place.customer("again", says("again"), on=platform)
    again.wait_ready()
    before.apply(instances=1)
    before.wait_ready()
    assert again.visit().text == "again"

    deep.delete()
    lists.delete()
    deep.wait_gone()
    lists.wait_gone()
    assert "Traceback" not in operator.process.text


def test_a_key_in_a_bucket_leads_nowhere_else(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    platform.wait_ready()
    edge = place.bed.edge
    [namespace] = edge.kv_namespaces(platform.name)
    key = f"y/../../../../storage/kv/namespaces/{namespace}/values/platform"
    edge.put_object(platform.name, "y/i.js", says("x"))
    edge.put_object(platform.name, key.replace("..", "%2e%2e"), says("y"))
    assert key in edge.objects(platform.name)
    began = now()
    source = {"r2": {"key": "y/", "main": "i.js"}}
    worker = place.customer("folder", on=platform, source=source)
    condition = worker.wait_condition("SourceResolved", "False", "ModuleInvalid")
    assert key in condition["message"]
    assert "must not contain the segments . and .." in condition["message"]
    assert [str(c) for c in proxy.calls("GET", "/values/|/objects/", since=began)] == []

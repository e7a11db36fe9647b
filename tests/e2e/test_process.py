"""The process and what is around it: variables, custom resource definitions, permissions, namespaces."""

from support.bed import Bed
from support.lab import Lab
from support.scripts import says
from support.waiting import until

PADDED = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_ZONE_ID", "EDGE_URL")


def test_variables_with_white_space_around_them_do_what_they_do_without(
    lab: Lab, folder_bed: Bed
) -> None:
    padded = {name: f" {folder_bed.edge.variables[name]}\n" for name in PADDED}
    proxy = lab.proxy
    variables = {**padded, "CLOUDFLARE_BASE_URL": f"{proxy.url}\n", "ENVIRONMENT": "dev\n"}
    operator = folder_bed.start_operator({**variables, "WORKERS_KV_WINDOW": "1s\n"})
    pattern = f"*.{folder_bed.edge.domain}/*"
    until(lambda: pattern in dict(folder_bed.edge.routes()), operator.process.tail)
    operator.stop()
    assert "Traceback" not in operator.process.text


def test_a_variable_with_a_line_break_in_it_is_named(lab: Lab, folder_bed: Bed) -> None:
    broken = {**folder_bed.edge.variables, "CLOUDFLARE_API_TOKEN": "canary\ncanary"}
    operator = folder_bed.start_operator(broken, wait=False)
    until(lambda: not operator.process.alive, operator.process.tail)
    assert "CLOUDFLARE_API_TOKEN: contains a line break" in operator.process.text
    assert "canary" not in operator.process.text
    assert "Traceback" not in operator.process.text


def test_a_namespace_that_is_deleted_with_its_workers_takes_no_warnings(lab: Lab) -> None:
    operator = lab.start()
    platform = lab.place.platform(lab.proxy)
    workers = [lab.place.customer(f"w{i}", says("x"), on=platform) for i in range(20)]
    for worker in workers:
        worker.wait_ready()
    # The last Events of many workers are posted for seconds: most find the namespace going or gone.
    lab.place.access.kubectl("delete", "namespace", lab.place.namespace, "--timeout=60s")
    for worker in workers:
        worker.wait_gone()
    said = [line for line in operator.process.text.splitlines() if " WARNING " in line]
    assert said == []

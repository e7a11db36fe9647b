"""Templates in the platform's bucket: put there, followed, and left alone where somebody edited them."""

import yaml

from support.bed import Place
from support.handles import Platform, now
from support.scripts import says
from support.templates import put_template
from support.waiting import until

KEY = "templates/customer/ecommerce"
ORIGIN = {"origin": "https://shop.example.com"}
PARAMETERS = {"word": {"type": "string", "description": "What to say."}}


def own(place: Place, platform: Platform, word: str) -> None:
    """A template that only the bucket has."""
    script = f"export default {{ fetch(r, env) {{ return new Response('{word} ' + env.CONFIG.parameters.word) }} }}"
    bucket = platform.name
    put_template(place.bed.edge, bucket, "greeting", script, PARAMETERS, required=["word"])


def test_built_in_templates_lie_in_the_bucket_with_their_manifests(place: Place) -> None:
    platform = place.platform(place.proxy())
    platform.wait_ready()
    edge = place.bed.edge
    there = edge.objects(platform.name)
    assert {f"{KEY}.js", f"{KEY}.yaml", "templates/elite/brand.js"} <= there.keys()
    about = yaml.safe_load(edge.get_object(platform.name, f"{KEY}.yaml"))
    assert (about["name"], about["kind"]) == ("ecommerce", "customer")
    platform.check_now()
    assert edge.objects(platform.name) == there


def test_an_edited_template_is_used_left_alone_and_said(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("shop", template="ecommerce", parameters=ORIGIN, on=platform)
    worker.wait_ready()
    edge = place.bed.edge
    edge.put_object(platform.name, f"{KEY}.js", says("edited"))
    platform.check_now()
    until(lambda: worker.visit().text == "edited", "the edit is not followed")
    assert platform.status["templates"]["edited"] == ["customer/ecommerce"]
    assert "customer/ecommerce" in platform.condition("Provisioned")["message"]
    assert edge.get_object(platform.name, f"{KEY}.js").decode() == says("edited")


def test_a_template_that_only_the_bucket_has_is_read_once_for_all_who_follow_it(
    place: Place,
) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    platform.wait_ready()
    own(place, platform, "hello")
    platform.check_now()
    workers = [
        place.customer(n, template="greeting", parameters={"word": n}, on=platform) for n in "abcde"
    ]
    for worker in workers:
        worker.wait_ready()
        assert worker.visit().text == f"hello {worker.name}"
    assert workers[0].status["source"]["version"] == "1.0.0"
    began = now()
    own(place, platform, "moin")
    platform.check_now()
    for worker in workers:
        until(lambda w=worker: w.visit().text == f"moin {w.name}", "not followed")  # type: ignore[misc]
    read = [c.path for c in proxy.calls("GET", "/objects/templates/customer/greeting") if c.at > began]  # fmt: skip
    assert len(read) == len(set(read)) == 2


def test_a_template_without_a_manifest_or_with_a_broken_one_is_named(place: Place) -> None:
    platform = place.platform(place.proxy())
    platform.wait_ready()
    edge = place.bed.edge
    edge.put_object(platform.name, "templates/customer/lonely.js", says("x"))
    edge.put_object(platform.name, "templates/customer/broken.js", says("x"))
    edge.put_object(platform.name, "templates/customer/broken.yaml", "name: [", "application/yaml")
    platform.check_now()
    for name, words in (("lonely", "no manifest"), ("broken", "broken")):
        worker = place.customer(name, template=name, on=platform)
        found = worker.wait_condition("SourceResolved", "False", "TemplateInvalid")
        assert words in found["message"]


def test_a_bucket_gone_while_serving_keeps_serving_and_comes_back(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("shop", template="ecommerce", parameters=ORIGIN, on=platform)
    worker.wait_ready()
    version = worker.version
    place.bed.edge.delete_bucket(platform.name)
    platform.check_now()
    platform.wait_ready()
    worker.check_now()
    worker.wait_ready()
    assert worker.version == version
    assert f"{KEY}.js" in place.bed.edge.objects(platform.name)

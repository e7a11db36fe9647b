"""A script that is rejected because it is of another kind than it is said to be says what to change."""

import pytest

from workers_operator.domain.content import Code, Module, advice

LISTENS = "addEventListener('fetch', (event) => event.respondWith(new Response('x')))"
EXPORTS = "// a script\nexport default { fetch() { return new Response('x') } }"


def code(text: str, *, service_worker: bool = False) -> Code:
    kind = "application/javascript" + ("" if service_worker else "+module")
    return Code("inline", "a.js", (Module("a.js", kind, text.encode()),), None, (), service_worker)


@pytest.mark.parametrize(
    ("text", "service_worker", "words"),
    [
        (LISTENS, False, "set its type to ServiceWorker"),
        (EXPORTS, True, "set its type to ESModule"),
        ("import x from './x.js'\n" + LISTENS, True, "set its type to ESModule"),
        ("const a = 1;export{a as default}", True, "set its type to ESModule"),
        ("const exported = {}", False, "needs a default export"),
        ("module.exports = { fetch() {} }", False, "needs a default export"),
        ("", False, "needs a default export"),
    ],
)
def test_what_to_change(text: str, service_worker: bool, words: str) -> None:
    assert words in (advice(code(text, service_worker=service_worker)) or "")


@pytest.mark.parametrize(
    ("text", "service_worker"),
    [
        (EXPORTS, False),
        (EXPORTS + "(", False),
        ("const a = {};export{a as default}", False),
        (LISTENS, True),
        ("const m = import('./x.js'); " + LISTENS, True),
        ("export default {}; addEventListener('unhandledrejection', f)", False),
    ],
)
def test_nothing_to_say(text: str, service_worker: bool) -> None:
    assert advice(code(text, service_worker=service_worker)) is None

"""Account scripts, dispatch namespaces and their scripts."""

import hashlib
import re
from typing import Any, Final

import httpx

from support.calls import ok
from support.cloudflare import uploads
from support.cloudflare.endpoints import Call, Endpoint, Refused, endpoint, found, listed, page
from support.cloudflare.state import Account, Script, identifier

_NAMESPACE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_BOUNDARY: Final = "0123456789abcdef"
_NO_SECRET: Final = ("text", "key_base64", "key_jwk")


def _list_account(account: Account, call: Call) -> httpx.Response:
    return ok([_view(name, script) for name, script in sorted(account.account_scripts.items())])


def _put_account(account: Account, call: Call) -> httpx.Response:
    name = call["script"]
    uploads.check_name(name)
    before = account.account_scripts.get(name)
    account.account_scripts[name] = uploads.read(account, name, call.request, before)
    return ok(_view(name, account.account_scripts[name]))


def _account_script(account: Account, call: Call) -> Script:
    refusal = Refused(404, 10007, "This Worker does not exist on your account.")
    return found(account.account_scripts, call["script"], refusal)


def _delete_account(account: Account, call: Call) -> httpx.Response:
    name = call["script"]
    _account_script(account, call)
    spaces = (account.account_scripts, *account.scripts.values())
    users = [user for space in spaces for user, script in space.items() if _calls(script, name)]
    if users and not call.query("force"):
        raise Refused(400, 10142, f"{name} is still referenced by service bindings.")
    del account.account_scripts[name]
    return ok(None)


def _calls(script: Script, name: str) -> bool:
    return any(b["type"] == "service" and b["service"] == name for b in script.bindings.values())


def _list_namespaces(account: Account, call: Call) -> httpx.Response:
    return ok([_namespace_view(account, name) for name in sorted(account.scripts)])


def _create_namespace(account: Account, call: Call) -> httpx.Response:
    name = call.field("name")
    if not _NAMESPACE_NAME.fullmatch(name):
        raise Refused(400, 10016, "name must be letters, digits, dots, dashes and underscores.")
    if name in account.scripts:
        raise Refused(409, 10040, f"A dispatch namespace named '{name}' exists already.")
    account.scripts[name] = {}
    return ok(_namespace_view(account, name))


def _put_namespace(account: Account, call: Call) -> httpx.Response:
    _scripts(account, call)
    trusted = call.body.get("trusted_workers", False)
    (account.trusted.add if trusted else account.trusted.discard)(call["namespace"])
    return ok(_namespace_view(account, call["namespace"]))


def _namespace_view(account: Account, name: str) -> dict[str, Any]:
    return {
        "namespace_id": identifier("namespace", name),
        "namespace_name": name,
        "script_count": len(account.scripts[name]),
        "trusted_workers": name in account.trusted,
    }


def _scripts(account: Account, call: Call) -> dict[str, Script]:
    refusal = Refused(404, 100119, "dispatch namespace not found")
    return found(account.scripts, call["namespace"], refusal)


def _script(account: Account, call: Call) -> Script:
    refusal = Refused(404, 10092, "workers.api.error.dispatch_script_not_found")
    return found(_scripts(account, call), call["script"], refusal)


def _list(account: Account, call: Call) -> httpx.Response:
    scripts = _scripts(account, call)
    tag = call.query("tags").removesuffix(":yes")
    names, info = page(account, call, [n for n, s in scripts.items() if not tag or tag in s.tags])
    return listed([_item(call, name, scripts[name]) for name in names], **info)


def _put(account: Account, call: Call) -> httpx.Response:
    scripts, name = _scripts(account, call), call["script"]
    uploads.check_name(name)
    scripts[name] = uploads.read(account, "", call.request, scripts.get(name))
    return ok(_view(name, scripts[name]))


def _get(account: Account, call: Call) -> httpx.Response:
    return ok(_item(call, call["script"], _script(account, call)))


def _delete(account: Account, call: Call) -> httpx.Response:
    _script(account, call)
    del _scripts(account, call)[call["script"]]
    return ok(None)


def _content(script: Script) -> httpx.Response:
    """A single module as it is; several as a form, the main one first."""
    headers = {"cf-entrypoint": script.main}
    if len(script.modules) == 1:
        [module] = script.modules.values()
        kind = headers | {"Content-Type": module.content_type}
        return httpx.Response(200, content=module.data, headers=kind)
    body = b""
    for name in sorted(script.modules, key=lambda name: name != script.main):
        module = script.modules[name]
        disposition = f'form-data; name="{name}"; filename="{name}"'
        head = f"Content-Disposition: {disposition}\r\nContent-Type: {module.content_type}"
        body += f"--{_BOUNDARY}\r\n{head}\r\n\r\n".encode() + module.data + b"\r\n"
    headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    return httpx.Response(200, content=body + f"--{_BOUNDARY}--\r\n".encode(), headers=headers)


def _settings(account: Account, call: Call) -> httpx.Response:
    script = _script(account, call)
    bindings = [
        {field: value for field, value in binding.items() if field not in _NO_SECRET}
        if binding["type"].startswith("secret_")
        else dict(binding)
        for binding in script.bindings.values()
    ]
    return ok(_runtime(script) | {"bindings": bindings, "limits": script.metadata.get("limits")})


def _runtime(script: Script) -> dict[str, Any]:
    return {
        "tags": sorted(set(script.tags)),
        "compatibility_date": script.metadata.get("compatibility_date"),
        "compatibility_flags": script.metadata.get("compatibility_flags") or [],
        "usage_model": "standard",
    }


def _view(name: str, script: Script) -> dict[str, Any]:
    etag = hashlib.sha256(script.text.encode()).hexdigest()
    has_modules = "main_module" in script.metadata
    modified = {"modified_on": script.modified} if script.modified else {}
    return {"id": name, "etag": etag, "has_modules": has_modules} | modified | _runtime(script)


def _item(call: Call, name: str, script: Script) -> dict[str, Any]:
    return {"script": _view(name, script), "dispatch_namespace": call["namespace"]}


def _of(call: Call) -> str:
    return f"{call['namespace']}/{call['script']}"


_ACCOUNT_SCRIPTS: Final = "/accounts/{account}/workers/scripts"
_NAMESPACES: Final = "/accounts/{account}/workers/dispatch/namespaces"
_SCRIPTS: Final = _NAMESPACES + "/{namespace}/scripts"
_SCRIPT: Final = _SCRIPTS + "/{script}"
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    endpoint("GET", _ACCOUNT_SCRIPTS, lambda a, c: "GET account-scripts", _list_account),
    endpoint(
        "PUT",
        _ACCOUNT_SCRIPTS + "/{script}",
        lambda a, c: f"PUT account-script {c['script']}",
        _put_account,
    ),
    endpoint(
        "DELETE",
        _ACCOUNT_SCRIPTS + "/{script}",
        lambda a, c: f"DELETE account-script {c['script']}",
        _delete_account,
    ),
    endpoint(
        "GET",
        _ACCOUNT_SCRIPTS + "/{script}/content/v2",
        lambda a, c: f"GET account-content {c['script']}",
        lambda a, c: _content(_account_script(a, c)),
    ),
    endpoint("GET", _NAMESPACES, lambda a, c: "GET namespaces", _list_namespaces),
    endpoint(
        "POST", _NAMESPACES, lambda a, c: f"POST namespace {c.field('name')}", _create_namespace
    ),
    endpoint(
        "PUT",
        _NAMESPACES + "/{namespace}",
        lambda a, c: f"PUT namespace {c['namespace']}",
        _put_namespace,
    ),
    endpoint("GET", _SCRIPTS, lambda a, c: f"GET scripts {c['namespace']}", _list),
    endpoint("PUT", _SCRIPT, lambda a, c: f"PUT script {_of(c)}", _put),
    endpoint("GET", _SCRIPT, lambda a, c: f"GET script {_of(c)}", _get),
    endpoint("DELETE", _SCRIPT, lambda a, c: f"DELETE script {_of(c)}", _delete),
    endpoint(
        "GET",
        _SCRIPT + "/content",
        lambda a, c: f"GET content {_of(c)}",
        lambda a, c: _content(_script(a, c)),
    ),
    endpoint("GET", _SCRIPT + "/settings", lambda a, c: f"GET settings {_of(c)}", _settings),
)

"""Everyday calls of Cloudflare's Python SDK, in the order in which they run; each must also leave what it says.

`A` are the keywords that name the account, `Z` the zone, `S` the script; `module(text)` is a file of an upload.
"""

from clients.cases import Case, Look

_META = "metadata={'main_module': 'index.js', 'compatibility_date': '2026-01-01'}"
_OVERRIDE = "cloudflare-workers-version-overrides"


def answering(text: str) -> str:
    """An upload whose script answers with this text and its variables."""
    return f'files=[module("{text}")]'


def served(text: str, **more: str) -> tuple[Look, ...]:
    return (Look("sdk", text, headers=more),)


ACCOUNT = (
    Case("client.user.tokens.verify()", "the token is active", says=("active",)),
    Case("client.accounts.list()", "the account", says=("$account",)),
    Case("client.zones.list(name='code24.dev')", "the zone", says=("$zone",)),
    Case("client.workers.account_settings.get(**A)", "settings of the account", says=("standard",)),
    Case(
        "client.workers.subdomains.get(**A)", "the subdomain of the account", says=("local-edge",)
    ),
)
SCRIPTS = (
    Case(
        f"client.workers.scripts.update(**S, {_META}, {answering('v1')})",
        "a script is uploaded",
        says=("fetch",),
    ),
    Case(
        "client.workers.routes.create(**Z, pattern='sdk.code24.dev/*', script='sdk')",
        "a route",
        keep={"route": r'"id": ?"(\w+)"'},
        sees=served("v1 - -"),
    ),
    Case(
        f"client.workers.scripts.update(**S, {_META}, {answering('v2')})",
        "it is uploaded again",
        sees=served("v2 - -"),
    ),
    Case("client.workers.scripts.list(**A)", "scripts", says=('"sdk"',)),
    Case("client.workers.scripts.get(**S)", "the code", says=("v2",)),
    Case("client.workers.scripts.search(**A, name='sdk')", "scripts by name", says=('"sdk"',)),
    Case(
        f"client.workers.scripts.content.update(**S, metadata={{'main_module': 'index.js'}}, {answering('v3')})",
        "the code alone",
        sees=served("v3 - -"),
    ),
    Case(
        "client.workers.scripts.content.get(**S).read().decode()",
        "the code as multipart",
        says=("v3",),
    ),
    Case(
        "client.workers.scripts.script_and_version_settings.edit(**S, "
        "settings={'bindings': [{'type': 'plain_text', 'name': 'A', 'text': 'set'}]})",
        "a variable",
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.scripts.script_and_version_settings.get(**S)",
        "the settings",
        says=("plain_text", "set"),
    ),
    Case(
        "client.workers.scripts.settings.edit(**S, tags=['gold'])",
        "tags",
        says=("gold",),
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.scripts.subdomain.create(**S, enabled=True)",
        "workers.dev",
        sees=(Look("sdk.local-edge.workers.dev", "v3 set -"),),
    ),
    Case(
        "client.workers.scripts.schedules.update(**S, body=[{'cron': '*/5 * * * *'}])",
        "a cron trigger",
        says=(r"\*/5",),
        sees=served("v3 set -"),
    ),
    Case("client.workers.scripts.schedules.get(**S)", "cron triggers", says=(r"\*/5",)),
    Case("client.workers.routes.list(**Z)", "routes", says=("sdk.code24.dev", "$route")),
    Case(
        "client.workers.routes.update('$route', **Z, pattern='sdk.code24.dev/*', script='sdk')",
        "a route is changed",
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.domains.update(**A, hostname='attached.code24.dev', service='sdk')",
        "a custom domain",
        keep={"domain": r'"id": ?"([^"]+)"'},
        sees=(Look("attached", "v3 set -"),),
    ),
    Case("client.workers.domains.list(**A)", "custom domains", says=("attached.code24.dev",)),
    Case(
        "client.workers.domains.delete('$domain', **A)",
        "it is detached",
        sees=(Look("attached", "(?s).*Origin DNS error.*"),),
    ),
)
SECRETS = (
    Case(
        "client.workers.scripts.secrets.update(**S, name='B', text='one', type='secret_text')",
        "a secret",
        sees=served("v3 set one"),
    ),
    Case(
        "client.workers.scripts.secrets.list(**S)",
        "secrets without values",
        says=('"B"', "secret_text"),
    ),
    Case("client.workers.scripts.secrets.get('B', **S)", "one secret", says=('"B"',)),
    Case(
        "client.workers.scripts.secrets.bulk_update(**S, "
        "secrets={'B': {'name': 'B', 'text': 'two', 'type': 'secret_text'}})",
        "several secrets",
        sees=served("v3 set two"),
    ),
    Case(
        "client.workers.scripts.secrets.delete('B', **S)",
        "a secret is deleted",
        sees=served("v3 set -"),
    ),
)
VERSIONS = (
    Case(
        f"client.workers.scripts.versions.with_raw_response.create(**S, {_META}, {answering('v4')}).text()",
        "a version that is not served",
        keep={"v4": r'"id": ?"([0-9a-f-]{36})"'},
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.scripts.versions.list(**S)",
        "versions",
        says=("$v4",),
        keep={"v3": r'"id": ?"[^"]+".*?"id": ?"([0-9a-f-]{36})"'},
    ),
    Case(
        "client.workers.scripts.versions.with_raw_response.get('$v4', **S).text()",
        "one version",
        says=("$v4",),
    ),
    Case(
        "client.workers.scripts.deployments.create(**S, strategy='percentage', "
        "versions=[{'version_id': '$v4', 'percentage': 20}, {'version_id': '$v3', 'percentage': 80}])",
        "a fifth of the requests",
        keep={"split": r'"id": ?"([^"]+)"'},
        sees=(
            Look("sdk", "v4 - -", share=(15, 70)),
            Look("sdk", "v4 - -", headers={_OVERRIDE: 'sdk="$v4"'}),
        ),
    ),
    Case(
        "client.workers.scripts.deployments.get('$split', **S)",
        "one deployment",
        says=("$v4", "20"),
    ),
    Case(
        "client.workers.scripts.deployments.with_raw_response.list(**S).text()",
        "deployments",
        says=("$split",),
    ),
    Case(
        "client.workers.scripts.deployments.create(**S, strategy='percentage', "
        "versions=[{'version_id': '$v4', 'percentage': 100}])",
        "all requests",
        sees=served("v4 - -"),
    ),
    Case(
        "client.workers.scripts.deployments.create(**S, strategy='percentage', "
        "versions=[{'version_id': '$v3', 'percentage': 100}])",
        "a rollback",
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.scripts.deployments.delete('$split', **S)",
        "an old deployment is deleted",
        sees=served("v3 set -"),
    ),
    Case(
        "client.workers.scripts.tail.create(**S)",
        "a tail",
        keep={"tail": r'"id": ?"([^"]+)"'},
        says=("ws://",),
    ),
    Case(
        "client.workers.scripts.tail.delete('$tail', **S)", "it is ended", sees=served("v3 set -")
    ),
    Case(
        "client.workers.beta.workers.get('sdk', **A)",
        "the Worker",
        says=('"sdk"', "local-edge.workers.dev"),
    ),
)
STORAGE = (
    Case(
        "client.kv.namespaces.create(**A, title='sdk')",
        "a KV namespace",
        keep={"kv": r'"id": ?"(\w+)"'},
    ),
    Case("client.kv.namespaces.list(**A)", "KV namespaces", says=("$kv",)),
    Case("client.r2.buckets.create(**A, name='sdk-files')", "a bucket", says=("sdk-files",)),
    Case(
        "client.workers.scripts.update(**S, files=[store()], "
        "metadata={'main_module': 'index.js', 'compatibility_date': '2026-01-01', 'bindings': "
        "[{'type': 'kv_namespace', 'name': 'KV', 'namespace_id': '$kv'}, "
        "{'type': 'r2_bucket', 'name': 'BUCKET', 'bucket_name': 'sdk-files'}]})",
        "bindings",
        sees=(Look("sdk", "nothing", "/kv/a"),),
    ),
    Case(
        "client.kv.namespaces.values.update('a', **A, namespace_id='$kv', value=b'one')",
        "a value",
        sees=(Look("sdk", "one", "/kv/a"),),
    ),
    Case(
        "client.kv.namespaces.values.get('a', **A, namespace_id='$kv').text()",
        "a value is read",
        says=("one",),
    ),
    Case("client.kv.namespaces.keys.list(**A, namespace_id='$kv')", "keys", says=('"a"',)),
    Case(
        "client.kv.namespaces.bulk_update('$kv', **A, "
        "body=[{'key': 'b', 'value': 'two'}, {'key': 'c', 'value': 'three'}])",
        "several pairs",
        sees=(Look("sdk", "three", "/kv/c"),),
    ),
    Case(
        "client.kv.namespaces.bulk_delete('$kv', **A, body=['b', 'c'])",
        "several keys are deleted",
        sees=(Look("sdk", "nothing", "/kv/c"),),
    ),
    Case(
        "client.kv.namespaces.values.delete('a', **A, namespace_id='$kv')",
        "a key is deleted",
        sees=(Look("sdk", "nothing", "/kv/a"),),
    ),
    Case("client.r2.buckets.list(**A)", "buckets", says=("sdk-files",)),
    Case(
        "client.r2.buckets.delete('sdk-files', **A)",
        "a bucket is deleted",
        sees=(Look("sdk", "(?s).*Worker threw exception.*", "/r2/a"),),
    ),
)
PLATFORM = (
    Case(
        "client.workers_for_platforms.dispatch.namespaces.create(**A, name='sdk-space')",
        "a dispatch namespace",
        says=("sdk-space",),
    ),
    Case(
        "client.workers_for_platforms.dispatch.namespaces.list(**A)",
        "dispatch namespaces",
        says=("sdk-space",),
    ),
    Case(
        "client.workers_for_platforms.dispatch.namespaces.scripts.update("
        f"'user', **A, dispatch_namespace='sdk-space', {_META}, {answering('user')})",
        "a customer's Worker",
        says=("user",),
    ),
    Case(
        "client.workers.scripts.update(**S, files=[dispatcher()], "
        "metadata={'main_module': 'index.js', 'compatibility_date': '2026-01-01', 'bindings': "
        "[{'type': 'dispatch_namespace', 'name': 'SPACE', 'namespace': 'sdk-space'}]})",
        "a dispatcher",
        sees=(Look("sdk", "user - -", "/user"),),
    ),
    Case(
        "client.workers_for_platforms.dispatch.namespaces.scripts.secrets.update('user', **A, "
        "dispatch_namespace='sdk-space', name='A', text='hidden', type='secret_text')",
        "a secret of a customer's Worker",
        sees=(Look("sdk", "user hidden -", "/user"),),
    ),
    Case(
        "client.workers_for_platforms.dispatch.namespaces.scripts.tags.update('user', **A, "
        "dispatch_namespace='sdk-space', body=['gold'])",
        "tags",
        says=("gold",),
    ),
    Case(
        "client.workers_for_platforms.dispatch.namespaces.scripts.delete('user', **A, dispatch_namespace='sdk-space')",
        "a customer's Worker is deleted",
        sees=(Look("sdk", "(?s).*Worker threw exception.*", "/user"),),
    ),
    Case(
        "client.workers.scripts.delete(**S, force=True)",
        "the script is deleted, with its route",
        sees=(Look("sdk", "(?s).*Origin DNS error.*"),),
    ),
)
CASES = (*ACCOUNT, *SCRIPTS, *SECRETS, *VERSIONS, *STORAGE, *PLATFORM)

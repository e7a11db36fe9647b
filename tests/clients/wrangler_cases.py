"""Everyday commands of wrangler, in the order in which they run; each must also leave what it says it has done."""

from collections.abc import Mapping

from clients.cases import Case, Look
from clients.projects import config, site

_CURRENT = r"Current Version ID:\s+(\S+)"
_UPLOADED = r"Worker Version ID:\s+(\S+)"
_OVERRIDE = "cloudflare-workers-version-overrides"
_STORE: Mapping[str, str] = {
    "store/wrangler.jsonc": config(
        "store",
        kv_namespaces=[{"binding": "KV", "id": "$kv"}],
        r2_buckets=[{"binding": "BUCKET", "bucket_name": "files"}],
    )
}


def at_site(text: str) -> tuple[Look, ...]:
    return (Look("site", text),)


DEPLOY = (
    Case("whoami", "the account is shown", says=("$account",)),
    Case(
        "deploy -c site/wrangler.jsonc", "the first deploy is served", sees=at_site("v1 plain - -")
    ),
    Case(
        "deploy -c site/wrangler.jsonc",
        "the second deploy is served",
        files={"site/index.js": site("v2")},
        sees=at_site("v2 plain - -"),
    ),
    Case(
        "deploy -c site/wrangler.jsonc --var TEXT:flag",
        "a variable of the command line",
        sees=at_site("v2 flag - -"),
    ),
    Case(
        "deploy -c site/bare.jsonc --keep-vars", "variables are kept", sees=at_site("v2 flag - -")
    ),
    Case(
        "deploy site/new.js -c site/wrangler.jsonc --dry-run",
        "nothing is deployed",
        sees=at_site("v2 flag - -"),
    ),
    Case(
        "deploy -c site/wrangler.jsonc --env staging",
        "an environment is a Worker of its own",
        sees=(Look("site-staging", "v2 staged - -"), *at_site("v2 flag - -")),
    ),
    Case(
        "deploy alone.js --name other --route other.code24.dev/* --compatibility-date 2026-01-01",
        "a Worker without configuration file",
        sees=(Look("other", "new undefined - -"),),
    ),
    Case(
        "deploy -c ts/wrangler.jsonc", "TypeScript in two modules", sees=(Look("ts", "hello ts"),)
    ),
    Case(
        "deploy -c modules/wrangler.jsonc",
        "text, data and wasm modules",
        sees=(Look("modules", "a note 3 42"),),
    ),
    Case(
        "deploy -c classic/wrangler.jsonc",
        "Service Worker syntax",
        sees=(Look("classic", "classic global"),),
    ),
    Case(
        "deploy -c broken/wrangler.jsonc --no-bundle",
        "a syntax error of a second module is shown",
        says=("10021", "SyntaxError"),
        fails=True,
    ),
    Case(
        "deploy -c throwing/wrangler.jsonc",
        "an error at the start is shown",
        says=("10021", "no start"),
        fails=True,
        sees=(Look("throwing", "(?s).*Origin DNS error.*"),),
    ),
    Case(
        "deploy -c caller/wrangler.jsonc",
        "a service binding",
        sees=(Look("caller", "v2 flag - -"),),
    ),
    Case(
        "deploy -c meta/wrangler.jsonc --tag t1 --message m1",
        "version metadata, with a tag",
        sees=(Look("meta", r".*\"tag\":\"t1\".*"),),
    ),
    Case(
        "deploy -c cron/wrangler.jsonc",
        "a cron trigger",
        sees=(Look("cron", r"\*/5 \* \* \* \*", cron="*/5 * * * *"),),
    ),
    Case(
        "triggers deploy -c cron/other.jsonc",
        "triggers alone",
        says=(r"schedule: 0 8 \* \* 2",),
        sees=(Look("cron", ""),),
    ),
    Case(
        "deploy -c domain/wrangler.jsonc",
        "a custom domain",
        sees=(Look("shop", "domain shop.code24.dev"),),
    ),
    Case(
        "deploy -c dev/wrangler.jsonc",
        "workers.dev",
        says=("dev.local-edge.workers.dev",),
        sees=(Look("dev.local-edge.workers.dev", "dev"),),
    ),
    Case(
        "deploy -c routes/wrangler.jsonc",
        "two routes",
        sees=(Look("one", "routed"), Look("two", "routed")),
    ),
    Case(
        "deploy -c routes/fewer.jsonc",
        "a route that is gone from the configuration",
        sees=(Look("one", "(?s).*Origin DNS error.*"), Look("two", "routed")),
    ),
    Case(
        "deploy -c tuned/wrangler.jsonc",
        "limits, placement, observability and logpush",
        sees=(Look("tuned", "tuned"),),
    ),
    Case(
        "deploy -c fresh/wrangler.jsonc",
        "a bucket that is created on the way",
        sees=(Look("fresh", "null"),),
    ),
)
VERSIONS = (
    Case(
        "deploy -c site/wrangler.jsonc",
        "the version to come back to",
        keep={"v2": _CURRENT},
        sees=at_site("v2 plain - -"),
    ),
    Case(
        "versions upload -c site/wrangler.jsonc --tag t3 --message three",
        "a version that is not served",
        files={"site/index.js": site("v3")},
        keep={"v3": _UPLOADED},
        sees=at_site("v2 plain - -"),
    ),
    Case("versions list -c site/wrangler.jsonc", "versions", says=("$v2", "$v3", "t3")),
    Case("versions view $v3 -c site/wrangler.jsonc", "one version", says=("three", "TEXT")),
    Case(
        "versions deploy $v3@10 $v2@90 -y -c site/wrangler.jsonc",
        "a tenth of the requests",
        sees=(Look("site", "v3 plain - -", share=(5, 45)),),
    ),
    Case(
        "deployments status -c site/wrangler.jsonc",
        "the split is shown",
        says=(r"10%.*$v3", r"90%.*$v2"),
    ),
    Case(
        "versions deploy $v3@0 $v2@100 -y -c site/wrangler.jsonc",
        "a version for requests that ask for it",
        sees=(
            Look("site", "v3 plain - -", headers={_OVERRIDE: 'site="$v3"'}),
            Look("site", "v2 plain - -", share=(200, 200)),
        ),
    ),
    Case(
        "versions deploy $v3@100 -y --message done -c site/wrangler.jsonc",
        "all requests",
        sees=at_site("v3 plain - -"),
    ),
    Case("deployments list -c site/wrangler.jsonc", "deployments", says=("done", "$v3")),
    Case(
        "rollback $v2 -y -m back -c site/wrangler.jsonc",
        "a rollback to a version",
        sees=at_site("v2 plain - -"),
    ),
    Case(
        "rollback -y -m again -c site/wrangler.jsonc",
        "a rollback to the version before",
        sees=at_site("v3 plain - -"),
    ),
    Case(
        "versions upload -c site/wrangler.jsonc --preview-alias pull",
        "a preview under an alias",
        files={"site/index.js": site("v4")},
        sees=(Look("pull-site.local-edge.workers.dev", "v4 plain - -"), *at_site("v3 plain - -")),
    ),
)
SECRETS = (
    Case(
        "secret put A -c site/wrangler.jsonc",
        "no secret while the latest version is not deployed",
        stdin="early",
        fails=True,
        says=("latest version",),
        sees=at_site("v3 plain - -"),
    ),
    Case(
        "deploy -c site/wrangler.jsonc",
        "the latest version is deployed",
        sees=at_site("v4 plain - -"),
    ),
    Case(
        "secret put A -c site/wrangler.jsonc",
        "a secret",
        stdin="first",
        sees=at_site("v4 plain first -"),
    ),
    Case(
        "secret list -c site/wrangler.jsonc",
        "secrets without their values",
        says=('"A"', "secret_text"),
    ),
    Case(
        "secret bulk secrets.json -c site/wrangler.jsonc",
        "several secrets",
        sees=at_site("v4 plain bulk-a bulk-b"),
    ),
    Case(
        "deploy -c site/wrangler.jsonc",
        "secrets outlive a deploy",
        sees=at_site("v4 plain bulk-a bulk-b"),
    ),
    Case(
        "secret delete B -c site/wrangler.jsonc",
        "a secret is deleted",
        sees=at_site("v4 plain bulk-a -"),
    ),
    Case(
        "versions secret put B -c site/wrangler.jsonc --message with-b",
        "a secret of a version that is not served",
        stdin="second",
        keep={"with_b": r"version (\S+) with secret"},
        sees=at_site("v4 plain bulk-a -"),
    ),
    Case(
        "versions secret list -c site/wrangler.jsonc",
        "secrets of the deployed version",
        says=("A",),
    ),
    Case(
        "versions deploy $with_b -y -c site/wrangler.jsonc",
        "the secret's version is deployed",
        sees=at_site("v4 plain bulk-a second"),
    ),
    Case(
        "versions secret bulk later.json -c site/wrangler.jsonc",
        "several secrets of a version",
        keep={"later": r"version (\S+) with"},
        sees=at_site("v4 plain bulk-a second"),
    ),
    Case(
        "versions secret delete B -c site/wrangler.jsonc",
        "a version without a secret",
        keep={"without": r"version (\S+) with"},
    ),
    Case(
        "versions deploy $without -y -c site/wrangler.jsonc",
        "it has the other one",
        sees=at_site("v4 plain later-a -"),
    ),
    Case(
        "secret put A --name drafted",
        "a secret creates a Worker",
        stdin="early",
        says=("Uploaded secret A",),
    ),
)
STORAGE = (
    Case("kv namespace create pairs", "a KV namespace", keep={"kv": r'"id": "(\w+)"'}),
    Case("kv namespace list", "KV namespaces", says=('"pairs"', "$kv")),
    Case("r2 bucket create files", "a bucket"),
    Case(
        "deploy -c store/wrangler.jsonc",
        "KV and R2 bindings",
        files=_STORE,
        sees=(Look("store", "nothing", "/kv/a"), Look("store", "nothing", "/r2/a")),
    ),
    Case(
        "kv key put a value --namespace-id $kv --remote",
        "a value",
        sees=(Look("store", "value", "/kv/a"),),
    ),
    Case(
        """kv key put t value --binding KV -c store/wrangler.jsonc --remote --ttl 3600 --metadata '{"m":1}'""",
        "a value with metadata that expires",
        sees=(Look("store", "value", "/kv/t"),),
    ),
    Case("kv key get a --namespace-id $kv --remote", "a value is read", says=("value",)),
    Case(
        "kv key list --prefix t --namespace-id $kv --remote",
        "keys",
        says=('"t"', '"m": 1', "expiration"),
    ),
    Case(
        "kv key delete a --namespace-id $kv --remote",
        "a key is deleted",
        sees=(Look("store", "nothing", "/kv/a"),),
    ),
    Case(
        "kv bulk put pairs.json --namespace-id $kv --remote",
        "several pairs",
        sees=(Look("store", "two", "/kv/b2"),),
    ),
    Case(
        "kv bulk get keys.json --namespace-id $kv --remote",
        "several values are read",
        says=("one", "two"),
    ),
    Case(
        "kv bulk delete keys.json --namespace-id $kv --remote -f",
        "several keys are deleted",
        sees=(Look("store", "nothing", "/kv/b2"),),
    ),
    Case(
        "r2 object put files/note --file note.txt --content-type text/plain --remote",
        "an object",
        sees=(Look("store", "text/plain from a file", "/r2/note"),),
    ),
    Case("r2 object get files/note --pipe --remote", "an object is read", says=("from a file",)),
    Case(
        "r2 object delete files/note --remote",
        "an object is deleted",
        sees=(Look("store", "nothing", "/r2/note"),),
    ),
    Case("r2 bucket list", "buckets", says=("files",)),
)
PLATFORM = (
    Case("dispatch-namespace create people", "a dispatch namespace", says=("people",)),
    Case("dispatch-namespace rename people customers", "it is renamed", says=("customers",)),
    Case(
        "deploy -c front/wrangler.jsonc",
        "a dispatcher",
        sees=(Look("front", "(?s).*Worker threw exception.*", "/customer"),),
    ),
    Case(
        "deploy -c customer/wrangler.jsonc --dispatch-namespace customers",
        "a customer's Worker with variables",
        sees=(Look("front", "customer one", "/customer"),),
    ),
    Case(
        "deploy -c customer/wrangler.jsonc --dispatch-namespace customers --var TEXT:two",
        "it is deployed again",
        sees=(Look("front", "customer two", "/customer"),),
    ),
)
WATCH = (
    Case("deploy -c talk/wrangler.jsonc", "a Worker that logs", sees=(Look("talk", "talked"),)),
    Case(
        "tail talk --format json",
        "requests and logs",
        meanwhile=(Look("talk", "talked", "/watched"),),
        says=("/watched", '"seen"'),
    ),
    Case(
        "tail talk --format pretty --status error",
        "failed requests only",
        meanwhile=(Look("talk", "talked", "/fine"), Look("talk", "", "/throw")),
        says=("/throw - Exception", "boom"),
    ),
    Case(
        "delete --name talk",
        "a Worker is deleted, with its route",
        sees=(Look("talk", "(?s).*Origin DNS error.*"),),
    ),
)
CASES = (*DEPLOY, *VERSIONS, *SECRETS, *STORAGE, *PLATFORM, *WATCH)

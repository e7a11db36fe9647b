"""The folders that wrangler works in."""

import json
from collections.abc import Mapping

ZONE = "code24.dev"


def config(name: str, main: str = "index.js", **more: object) -> str:
    """A wrangler.jsonc of a Worker with the route NAME.code24.dev/*."""
    routes = [{"pattern": f"{name}.{ZONE}/*", "zone_name": ZONE}]
    base = {"name": name, "main": main, "compatibility_date": "2026-01-01", "routes": routes}
    return json.dumps({**base, **more}, indent=2)


def site(version: str) -> str:
    return f"""export default {{
  fetch: (request, env) => new Response(`{version} ${{env.TEXT}} ${{env.A ?? '-'}} ${{env.B ?? '-'}}`),
}};
"""


_VARS = {"TEXT": "plain", "OBJECT": {"a": 1}}
#: (module (func (export "answer") (result i32) i32.const 42))
WASM = bytes.fromhex(
    "0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b"
)

FILES: Mapping[str, str | bytes] = {
    "site/index.js": site("v1"),
    "site/new.js": site("new"),
    "alone.js": site("new"),
    "site/wrangler.jsonc": config(
        "site",
        vars=_VARS,
        preview_urls=True,
        env={
            "staging": {
                "vars": {"TEXT": "staged"},
                "routes": [{"pattern": f"site-staging.{ZONE}/*", "zone_name": ZONE}],
            }
        },
    ),
    "site/bare.jsonc": config("site", preview_urls=True),
    "ts/index.ts": """import { greet } from './greet';
export default { fetch: () => new Response(greet('ts' as string)) };
""",
    "ts/greet.ts": "export const greet = (name: string): string => `hello ${name}`;\n",
    "ts/wrangler.jsonc": config("ts", "index.ts"),
    "modules/index.js": """import text from './note.txt';
import data from './data.bin';
import wasm from './answer.wasm';
export default { async fetch() {
  const { exports } = await WebAssembly.instantiate(wasm);
  return new Response(`${text} ${data.byteLength} ${exports.answer()}`);
} };
""",
    "modules/note.txt": "a note",
    "modules/data.bin": b"\x00\x01\xff",
    "modules/answer.wasm": WASM,
    "modules/wrangler.jsonc": config("modules"),
    "classic/index.js": "addEventListener('fetch', (event) => event.respondWith(new Response('classic ' + TEXT)));\n",
    "classic/wrangler.jsonc": config("classic", vars={"TEXT": "global"}),
    "broken/index.js": "import './second.mjs';\nexport default { fetch: () => new Response('never') };\n",
    "broken/second.mjs": "export const a = ;\n",
    "throwing/index.js": "throw new Error('no start');\nexport default { fetch: () => new Response('never') };\n",
    "broken/wrangler.jsonc": config(
        "broken", rules=[{"type": "ESModule", "globs": ["*.mjs"]}], find_additional_modules=True
    ),
    "throwing/wrangler.jsonc": config("throwing"),
    "store/index.js": """export default { async fetch(request, env) {
  const { pathname } = new URL(request.url);
  const [, kind, key] = pathname.split('/');
  if (kind === 'kv') return new Response((await env.KV.get(key)) ?? 'nothing');
  const found = await env.BUCKET.get(key);
  return new Response(found ? `${found.httpMetadata.contentType} ${await found.text()}` : 'nothing');
} };
""",
    "caller/index.js": "export default { fetch: (request, env) => env.SITE.fetch(request) };\n",
    "caller/wrangler.jsonc": config("caller", services=[{"binding": "SITE", "service": "site"}]),
    "meta/index.js": "export default { fetch: (request, env) => Response.json(env.META) };\n",
    "meta/wrangler.jsonc": config("meta", version_metadata={"binding": "META"}),
    "cron/index.js": """let last = 'never';
export default {
  fetch: () => new Response(last),
  scheduled: ({ cron }) => { last = cron; },
};
""",
    "cron/wrangler.jsonc": config("cron", triggers={"crons": ["*/5 * * * *"]}),
    "cron/other.jsonc": config("cron", triggers={"crons": ["0 8 * * 2"]}),
    "domain/index.js": """export default {
  fetch: (request) => new Response(`domain ${new URL(request.url).hostname}`),
};
""",
    "domain/wrangler.jsonc": config(
        "domain", routes=[{"pattern": f"shop.{ZONE}", "custom_domain": True}]
    ),
    "dev/index.js": "export default { fetch: () => new Response('dev') };\n",
    "dev/wrangler.jsonc": config("dev", routes=[], workers_dev=True),
    "routes/index.js": "export default { fetch: () => new Response('routed') };\n",
    "routes/wrangler.jsonc": config("routes", routes=[f"one.{ZONE}/*", f"two.{ZONE}/*"]),
    "routes/fewer.jsonc": config("routes", routes=[f"two.{ZONE}/*"]),
    "tuned/index.js": "export default { fetch: () => new Response('tuned') };\n",
    "tuned/wrangler.jsonc": config(
        "tuned",
        limits={"cpu_ms": 100},
        placement={"mode": "smart"},
        observability={"enabled": True, "head_sampling_rate": 0.5},
        logpush=True,
    ),
    "fresh/index.js": """export default {
  fetch: async (request, env) => new Response(String(await env.NEW.head('x'))),
};
""",
    "fresh/wrangler.jsonc": config(
        "fresh", r2_buckets=[{"binding": "NEW", "bucket_name": "fresh-bucket"}]
    ),
    "front/index.js": """export default { fetch(request, env) {
  return env.SPACE.get(new URL(request.url).pathname.slice(1)).fetch(request);
} };
""",
    "front/wrangler.jsonc": config(
        "front", dispatch_namespaces=[{"binding": "SPACE", "namespace": "customers"}]
    ),
    "customer/index.js": "export default { fetch: (request, env) => new Response(`customer ${env.TEXT}`) };\n",
    "customer/wrangler.jsonc": config("customer", routes=[], vars={"TEXT": "one"}),
    "talk/index.js": """export default { fetch(request) {
  console.log('seen', new URL(request.url).pathname);
  if (request.url.endsWith('/throw')) throw new Error('boom');
  return new Response('talked');
} };
""",
    "talk/wrangler.jsonc": config("talk"),
    "secrets.json": json.dumps({"A": "bulk-a", "B": "bulk-b"}),
    "later.json": json.dumps({"A": "later-a", "B": "later-b"}),
    "pairs.json": json.dumps(
        [{"key": "b1", "value": "one"}, {"key": "b2", "value": "two", "metadata": {"m": 1}}]
    ),
    "keys.json": json.dumps(["b1", "b2"]),
    "note.txt": "from a file",
}

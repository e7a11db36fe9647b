import assert from "node:assert/strict";
import { test } from "node:test";
import { confineCookies } from "../../../operator/workers_operator/workers/src/cookies.js";

const HOST = "shop.code24.dev";

/** Return the cookies that remain of those that a worker sets. */
function confined(cookies, host = HOST) {
  const headers = new Headers();
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  confineCookies(headers, host);
  return headers.getSetCookie();
}

test("a domain above the host is removed, however it is written", () => {
  for (const domain of ["code24.dev", ".code24.dev", "..code24.dev", "CODE24.dev.", "dev", "  code24.dev\t", ".dev"])
    assert.deepEqual(confined([`a=1; Domain=${domain}; Path=/`]), ["a=1; Path=/"], domain);
  assert.deepEqual(confined(["a=1;domain =code24.dev"]), ["a=1"]);
  assert.deepEqual(confined(["a=1; Domain=shop.code24.dev; Domain=code24.dev; Secure"]), [
    "a=1; Domain=shop.code24.dev; Secure",
  ]);
});

test("spellings that browsers decode are removed", () => {
  assert.deepEqual(confined(["a=1; Domain=code24%2Edev", 'b=1; Domain="code24.dev"']), ["a=1", "b=1"]);
});

test("what stays on the host is left as it is", () => {
  const kept = [
    "a=1",
    "a=1; Domain=shop.code24.dev; Path=/",
    "a=1; Domain=.SHOP.code24.dev",
    "a=1; Domain=; Secure",
    "a=1; Domain",
    "a=domain=code24.dev; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    "domain=code24.dev",
    "a=1; Domain=elsewhere.example",
    "a=1; Domain=a.shop.code24.dev",
    "a=1; Domain=hop.code24.dev",
  ];
  assert.deepEqual(confined(kept), kept);
});

test("the cookies keep their order", () => {
  const cookies = ["a=1; Domain=code24.dev", "b=2; Path=/", "a=3; Domain=.code24.dev; Max-Age=1"];
  assert.deepEqual(confined(cookies), ["a=1", "b=2; Path=/", "a=3; Max-Age=1"]);
});

test("an address has no domain above it", () => {
  assert.deepEqual(confined(["a=1; Domain=127.0.0.1"], "127.0.0.1"), ["a=1; Domain=127.0.0.1"]);
});

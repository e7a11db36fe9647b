import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, isPrivate, names } from "../../../operator/workers_operator/workers/src/hosts.js";

test("names tell private hosts, as far as a name can", () => {
  for (const name of ["localhost", "a.localhost", "kubernetes", "nas.local", "metadata.google.internal", "x.home.arpa"])
    assert.equal(isPrivate(name), true, name);
  for (const name of ["example.com", "localhost.example.com", "local.dev", "internal.io", "10.0.0.1.nip.io"])
    assert.equal(isPrivate(name), false, name);
});

test("a list names hosts exactly, by a domain above them, or all", () => {
  const list = ["api.example.com", "*.example.org"];
  for (const host of ["api.example.com", "a.example.org", "a.b.example.org"]) assert.ok(names(list, host), host);
  for (const host of ["example.com", "x.api.example.com", "example.org", "notexample.org", "apiXexample.com"])
    assert.ok(!names(list, host), host);
  assert.ok(names(["*"], "anything.example"));
  assert.ok(!names([], "example.com"));
});

test("a final dot, capitals and other spellings of an address mean the same host", () => {
  assert.equal(hostOf("https://API.Example.com./x"), "api.example.com");
  for (const spelled of ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "%31%32%37.0.0.1", "１２７.0.0.1"])
    assert.equal(hostOf(`http://${spelled}/`), "127.0.0.1");
});

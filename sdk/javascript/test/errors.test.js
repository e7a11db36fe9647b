import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "../src/index.js";
import { FakeGateway, refusal } from "./gateway.js";

const TYPES = {
  401: "AuthenticationError",
  403: "ForbiddenError",
  404: "NotFoundError",
  409: "ConflictError",
  412: "PreconditionFailedError",
  422: "UnprocessableError",
  429: "RateLimitError",
  503: "UnavailableError",
  400: "Code24Error",
  500: "Code24Error",
};
const ONCE = { token: "t", retries: { attempts: 1 } };

async function errorOf(t, answer, url) {
  const gateway = await FakeGateway.start(t, answer);
  try {
    await new sdk.Code24WorkersAPI(url ?? gateway.url, ONCE).getWorker("hello");
  } catch (error) {
    return error;
  }
  assert.fail("no error");
}

for (const [status, name] of Object.entries(TYPES)) {
  test(`${status} is a ${name}`, async (t) => {
    const error = await errorOf(t, refusal(Number(status), "SomeCode"));
    assert.ok(error instanceof Reflect.get(sdk, name));
    assert.ok(error instanceof sdk.Code24Error);
    assert.equal(error.name, name);
    assert.equal(error.status, Number(status));
    assert.equal(error.code, "SomeCode");
    assert.equal(error.requestId, "request-1");
    assert.equal(error.message, "GET /api/workers/hello: SomeCode: not now");
    assert.match(error.stack, new RegExp(`^${name}: `));
  });
}

test("all errors of an answer are kept, with their fields", async (t) => {
  const errors = [
    { code: "InvalidSpec", message: "too many", field: "instances", documentation_url: "/api/docs#InvalidSpec" },
    { code: "InvalidSpec", message: "no time", field: "cpuLimit", documentation_url: "/api/docs#InvalidSpec" },
  ];
  const error = await errorOf(t, { status: 422, body: { success: false, errors } });
  assert.deepEqual(error.errors, errors);
  assert.match(error.message, /InvalidSpec: too many; InvalidSpec: no time$/);
});

test("a change that was made and has failed has its worker", async (t) => {
  const worker = { script_name: "hello", conditions: [] };
  const body = { ...refusal(422, "ScriptRejected").body, worker };
  const error = await errorOf(t, { status: 422, body });
  assert.ok(error instanceof sdk.DeploymentError);
  assert.ok(error instanceof sdk.UnprocessableError);
  assert.deepEqual(error.worker, worker);
});

test("an answer of something else than the gateway is an error, too", async (t) => {
  const proxy = await errorOf(t, { status: 502, body: "<html>Bad gateway</html>" });
  assert.equal(proxy.status, 502);
  assert.equal(proxy.code, "Http502");
  const page = await errorOf(t, { status: 200, body: "<html>Welcome</html>" });
  assert.match(page.message, /the answer is not JSON/);
});

test("no connection is a ConnectionError that says why", async (t) => {
  const error = await errorOf(t, {}, "http://127.0.0.1:1");
  assert.ok(error instanceof sdk.ConnectionError);
  assert.equal(error.status, 0);
  assert.match(error.message, /^GET \/api\/workers\/hello: .*(ECONNREFUSED|bad port)/);
});

test("a base URL that cannot be one is refused", () => {
  for (const url of ["", "api.code24.dev", "ftp://api.code24.dev", "https://api.code24.dev?x=1", "https://a.b/#c"]) {
    assert.throws(() => new sdk.Code24WorkersAPI(url), TypeError, url);
  }
});

test("a name that would be another path is refused", async (t) => {
  const gateway = await FakeGateway.start(t, { body: { success: true, worker: {} } });
  const api = new sdk.Code24WorkersAPI(gateway.url);
  for (const name of ["", ".", "..", undefined]) await assert.rejects(async () => api.deleteWorker(name), TypeError);
  await api.getWorker("a/../b?c#d");
  assert.deepEqual(gateway.calls, ["GET /api/workers/a%2F..%2Fb%3Fc%23d"]);
});

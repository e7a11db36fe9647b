import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { AuthenticationError, Code24WorkersAPI } from "../src/index.js";
import { FakeGateway, hangUp, refusal } from "./gateway.js";

const SECRET = "the-token-that-nobody-may-see";
const OK = { body: { status: "operational" } };

const given = (gateway) => gateway.asked.map(({ headers }) => headers.authorization);

test("the token is sent, and none where there is none", async (t) => {
  const gateway = await FakeGateway.start(t, OK);
  await new Code24WorkersAPI(gateway.url, { token: "a" }).getStatus();
  await new Code24WorkersAPI(gateway.url).getStatus();
  assert.deepEqual(given(gateway), ["Bearer a", undefined]);
});

test("without a token, the environment's is sent", async (t) => {
  const gateway = await FakeGateway.start(t, OK);
  process.env.CODE24_API_TOKEN = "from-the-environment";
  t.after(() => delete process.env.CODE24_API_TOKEN);
  await new Code24WorkersAPI(gateway.url).getStatus();
  await new Code24WorkersAPI(gateway.url, { token: "a" }).getStatus();
  assert.deepEqual(given(gateway), ["Bearer from-the-environment", "Bearer a"]);
});

test("a function is asked for the token of each request", async (t) => {
  const gateway = await FakeGateway.start(t, OK);
  let number = 0;
  const api = new Code24WorkersAPI(gateway.url, { token: async () => `t${++number}` });
  await api.getStatus();
  await api.getStatus();
  assert.deepEqual(given(gateway), ["Bearer t1", "Bearer t2"]);
});

test("a token that was replaced meanwhile is fetched again, once", async (t) => {
  const gateway = await FakeGateway.start(t, refusal(401, "Unauthenticated"), OK);
  const tokens = ["old", "new"];
  await new Code24WorkersAPI(gateway.url, { token: () => tokens.shift() ?? "none" }).getStatus();
  assert.deepEqual(given(gateway), ["Bearer old", "Bearer new"]);

  const closed = await FakeGateway.start(t, refusal(401, "Unauthenticated"));
  await assert.rejects(new Code24WorkersAPI(closed.url, { token: () => "same" }).getStatus(), AuthenticationError);
  assert.equal(closed.calls.length, 1);
});

test("no error, and no view of the client, shows the token", async (t) => {
  const shown = [];
  const see = (thing) =>
    shown.push(inspect(thing, { depth: 9, showHidden: true }), JSON.stringify(thing), `${thing?.stack}`);
  const collect = async (url, token) => {
    const api = new Code24WorkersAPI(url, { token, retries: { attempts: 1 } });
    see(api);
    await assert.rejects(api.getStatus(), (error) => {
      see(error);
      return true;
    });
  };
  const refused = await FakeGateway.start(t, refusal(401, "Unauthenticated"));
  const lost = await FakeGateway.start(t, hangUp);
  await collect(refused.url, SECRET);
  await collect(lost.url, SECRET);
  await collect("http://127.0.0.1:1", SECRET);
  // What a header cannot hold, and fetch would quote.
  await collect(refused.url, `${SECRET}\nmore`);
  await collect(refused.url, () => `${SECRET}€`);
  assert.throws(
    () => new Code24WorkersAPI(`http://user:${SECRET}@127.0.0.1`),
    (error) => see(error) && /no credentials/.test(error.message),
  );
  assert.ok(shown.length > 20);
  assert.ok(!shown.join("\n").includes(SECRET));
});

test("no redirect is followed: the token is for this API", async (t) => {
  const other = await FakeGateway.start(t, OK);
  const gateway = await FakeGateway.start(t, { status: 307, headers: { Location: other.url } });
  await assert.rejects(new Code24WorkersAPI(gateway.url, { token: "a" }).getStatus(), /the address redirects/);
  assert.deepEqual(other.calls, []);
});

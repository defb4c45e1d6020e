import assert from "node:assert/strict";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { NEEDED, playsOf } from "./api_play.ts";
import { example } from "./api_things.ts";
import { startTestEdge } from "./edge_rig.ts";
import { IDLE, LyingNode } from "./lying_node.ts";

/** Examples that cannot succeed unchanged, whatever was prepared, and their refusals. */
const REFUSED: Readonly<Record<string, { readonly as: string; readonly because: string }>> = {
  auth_passkey: { as: "401 signIn.wrong", because: "an authenticator signs what it has just been asked" },
  account_passkeys_create: { as: "422 passkey.wrong", because: "so does one that makes a passkey" },
  auth_oidc_logout: { as: "404 provider.unknown", because: "only a provider can sign a logout token" },
};

/** The edge's date in the test: before the examples' dates, whatever day it is. */
const TODAY = Date.parse("2026-11-30T12:00:00Z");

testOnStores(
  "[A31] each example of the description succeeds if the objects it refers to exist",
  async ({ store }, t) => {
    const { db } = store;
    await using sink = await startSmtpSink();
    await using node = await LyingNode.start(example("NodeId"), JSON.stringify(IDLE), {
      reply: ({ id, type }) => type === "node.drain" ? [{ id, ok: null }] : [],
    });
    const startedAt = Date.now();
    const now = () => TODAY + Date.now() - startedAt;
    await using edge = await startTestEdge({
      store,
      now,
      env: { SMTP_URL: sink.url, MAIL_FROM: "meet@example.org", PUBLIC_URL: "http://127.0.0.1" },
    });
    const plays = await playsOf({ db, origin: edge.origin, node, now });
    for (const { name, operation: { operationId, responses }, run } of plays) {
      await t.step(name, async () => {
        const { response } = await run();
        const text = await response.text();
        assert.ok(responses[response.status] !== undefined, `${response.status} ${text}`);
        const refused = REFUSED[operationId];
        if (refused === undefined) assert.ok(response.ok, `${response.status} ${text}`);
        else assert.equal(`${response.status} ${JSON.parse(text).code}`, refused.as, refused.because);
      });
    }
    const ids = new Set(plays.map(({ operation }) => operation.operationId));
    assert.deepEqual([...Object.keys(NEEDED), ...Object.keys(REFUSED)].filter((id) => !ids.has(id)), []);
    assert.deepEqual(edge.complaints, []);
  },
);

import assert from "node:assert/strict";
import { type AccountId, newRowId } from "@tafelrunde/protocol";
import { makeTestIdentityContext } from "../edge/context_for_tests.ts";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import { hashNewPassword } from "../edge/identity/password/password.ts";
import { LIMITS } from "../edge/limit_table.ts";
import { insertAccount } from "../edge/store/account.ts";
import { setPassword } from "../edge/store/password.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const PASSWORD = "Tischlampe am Fenster";

testOnStores("[U8] a guessing client has no more attempts at two edges than at one", async (opened, t) => {
  const { store } = opened;
  const { db } = store;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  await using first = await startTestEdge({ store, now });
  await using second = await startTestEdge({ store: await opened.again(), now });
  const edges = [first, second];
  // Hashes that edges accept.
  using hasher = new PasswordHasher();
  const context = await makeTestIdentityContext(db, { hasher });
  const id = newRowId() as AccountId;
  const email = "otto@example.org";
  await insertAccount(db, {
    id,
    tenantId: DEFAULT_TENANT,
    name: "Otto",
    email,
    isEmailVerified: true,
    role: "member",
    isOperator: false,
  }, now());
  await setPassword(db, id, await hashNewPassword(context, PASSWORD, [], "test"), now());
  const signIn = async (n: number, password: string) => {
    const response = await fetch(`${edges[n % 2]!.origin}/v1/auth/password`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    const retryAfterS = Number(response.headers.get("retry-after"));
    await response.body?.cancel();
    return { status: response.status, retryAfterS };
  };

  await t.step("fourteen at once, seven at each: ten are verified", async () => {
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, n) => signIn(n, "guess guess guess")),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    assert.deepEqual([count(401), count(429)], [10, 4]);
  });

  await t.step("the right one is refused too, at both, until the time is over", async () => {
    for (const n of [0, 1]) {
      const { status, retryAfterS } = await signIn(n, PASSWORD);
      assert.equal(status, 429);
      assert.ok(retryAfterS > 0 && retryAfterS <= LIMITS["signIn.guess"].durationS, `${retryAfterS} s`);
    }
    aheadMs = LIMITS["signIn.guess"].durationS * 1000 + 1;
    assert.equal((await signIn(0, PASSWORD)).status, 200);
  });

  await t.step("right passwords do not count", async () => {
    for (let n = 0; n < 12; n++) assert.equal((await signIn(n, PASSWORD)).status, 200);
  });

  await t.step("nothing stored for it names anyone", async () => {
    const text = JSON.stringify(await db.selectFrom("rate_counter").selectAll().execute());
    assert.match(text, /signIn\.guess/);
    assert.doesNotMatch(text, /127\.0\.0\.1|otto/);
  });

  await t.step("[J10] nor a room's password", async () => {
    const room = await createRoom(first.origin, "Rat");
    const passwordHash = await hashNewPassword(context, PASSWORD, [], "test");
    await db.updateTable("room").set({ password_hash: passwordHash }).where("id", "=", room.room).execute();
    const refusals: string[] = [];
    for (let n = 0; n < 8; n++) {
      const client = new SignalClient(room);
      await client.enter(edges[n % 2]!.origin);
      const answer = await client.ask({ type: "participant.join", name: "Eva", password: "guess guess" });
      refusals.push(answer.type === "refused" ? answer.code : answer.type);
      await client.close();
    }
    const wrong = refusals.filter((code) => code === "password.wrong").length;
    const stopped = refusals.filter((code) => code === "password.tooFrequent").length;
    assert.deepEqual([wrong, stopped], [5, 3]);
  });
});

import assert from "node:assert/strict";
import { type AccountId, CLOSE, newCommandId, newRowId } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeTestIdentityContext } from "../edge/context_for_tests.ts";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import { hashNewPassword } from "../edge/identity/password/password.ts";
import { makeRecoveryCodes } from "../edge/identity/recovery_code.ts";
import { LIMITS } from "../edge/limit_table.ts";
import { insertAccount } from "../edge/store/account.ts";
import { setPassword } from "../edge/store/password.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const PASSWORD = "Tischlampe am Fenster";

/** The guessing client's address; others share it. */
const SHARED = "198.51.100.1";

interface Site {
  readonly origin: string;
  readonly address: string;
  readonly device?: string;
}

async function post(path: string, body: unknown, { origin, address, device }: Site) {
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": address,
      ...device !== undefined && { cookie: `tafelrunde=${device}` },
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => undefined);
  const cookie = /tafelrunde=([^;]+)/.exec(response.headers.getSetCookie().join("\n"))?.[1];
  return { status: response.status, code: answer?.code as string | undefined, device: cookie ?? device };
}

/** Joins a room directly; returns the refusal's code or "in", and the browser's cookie. */
async function comeIn(
  { room, link }: Pick<RoomCreated, "room" | "link">,
  place: Site,
  password?: string,
): Promise<{ outcome: string; device: string | undefined }> {
  const hello = {
    version: 3,
    room,
    link,
    tab: crypto.randomUUID(),
    peer: "none",
    join: { id: newCommandId(), name: "Anna", ...password !== undefined && { password } },
  };
  const { status, code, device } = await post(`/v1/rooms/${room}/hello`, hello, place);
  return { outcome: status === 200 ? "in" : code ?? String(status), device };
}

function count(outcomes: readonly string[], outcome: string): number {
  return outcomes.filter((one) => one === outcome).length;
}

testOnStores("limits on clients' failed attempts do not keep others out", async (opened, t) => {
  const { store } = opened;
  const { db } = store;
  const env = { TRUSTED_PROXIES: "1" };
  // The edges' clock stands still: no window ends while it is used up, however long that takes.
  const startedAt = Date.now();
  let aheadMs = 0;
  const now = () => startedAt + aheadMs;
  await using server = await startTestEdge({ store, env, now });
  await using edgeFunction = await startTestEdge({
    store: await opened.again(),
    env,
    serving: "function",
    now,
  });
  const origins = [server.origin, edgeFunction.origin];
  const originOf = (n: number) => origins[n % 2]!;
  // Hashes that edges accept.
  using hasher = new PasswordHasher();
  const context = await makeTestIdentityContext(db, { hasher });
  const passwordHash = await hashNewPassword(context, PASSWORD, [], "test");
  const makeLocked = async () => {
    const room = await createRoom(server.origin, "Rat");
    await db.updateTable("room").set({ password_hash: passwordHash }).where("id", "=", room.room).execute();
    return room;
  };

  for (const origin of origins) {
    const served = origin === server.origin ? "server" : "function";
    await t.step(
      `[Q4] wrong links slow the client that tries them; right ones and resumes pass (${served})`,
      async () => {
        const room = await createRoom(origin, "Rat");
        const anna = await new SignalClient(room, { address: SHARED }).join(origin, "Anna");
        const wrong = { ...room, link: "B".repeat(22) as RoomCreated["link"] };
        const place = { origin, address: SHARED };
        const tries = Array.from({ length: 75 }, async () => (await comeIn(wrong, place)).outcome);
        const outcomes = await Promise.all(tries);
        assert.deepEqual(
          [count(outcomes, "room.unknown"), count(outcomes, "address.tooFrequent")],
          [LIMITS["secret.wrong"].points, 15],
        );
        const ben = await new SignalClient(room, { address: SHARED }).join(origin, "Ben");
        assert.equal((await comeIn(room, place)).outcome, "in");
        await anna.close();
        assert.equal((await anna.enter(origin)).joined, true);

        const mallory = new SignalClient(wrong, { address: SHARED });
        await assert.rejects(mallory.enter(origin));
        assert.deepEqual(mallory.closed?.code, CLOSE.refusedForNow.code);
        assert.equal(CLOSE.refusedForNow.after, "comeBack");
        await Promise.all([anna.close(), ben.close()]);
      },
    );
  }

  await t.step("[Q3] 150 passwords at once at two edges: five are verified, others join", async () => {
    const room = await makeLocked();
    const known = await comeIn(room, { origin: server.origin, address: SHARED }, PASSWORD);
    assert.equal(known.outcome, "in");
    const outcomes = await Promise.all(Array.from({ length: 150 }, async (_, n) => {
      const place = { origin: originOf(n), address: SHARED };
      return (await comeIn(room, place, `guess number ${n}`)).outcome;
    }));
    assert.deepEqual(
      [count(outcomes, "password.wrong"), count(outcomes, "password.tooFrequent")],
      [LIMITS["password.wrong"].points, 145],
    );
    for (const origin of origins) {
      const elsewhere = { origin, address: "203.0.113.9" };
      assert.equal((await comeIn(room, elsewhere, PASSWORD)).outcome, "in");
      const again = { origin, address: SHARED, device: known.device! };
      assert.equal((await comeIn(room, again, PASSWORD)).outcome, "in", "they were right before");
    }
  });

  await t.step("[Q3] a browser that was right before has five wrong attempts, too, and no more", async () => {
    const room = await makeLocked();
    const { device } = await comeIn(room, { origin: server.origin, address: SHARED }, PASSWORD);
    const outcomes: string[] = [];
    for (let n = 0; n < 8; n++) {
      const place = { origin: originOf(n), address: `203.0.113.${n}`, device: device! };
      outcomes.push((await comeIn(room, place, `guess number ${n}`)).outcome);
    }
    assert.deepEqual(
      [count(outcomes, "password.wrong"), count(outcomes, "password.tooFrequent")],
      [LIMITS["password.device"].points, 3],
    );
  });

  await t.step("[Q2] thirty at one address with the right password join at once", async () => {
    const room = await makeLocked();
    const outcomes = await Promise.all(Array.from({ length: 60 }, async (_, n) => {
      const place = { origin: originOf(n), address: "192.0.2.30" };
      return (await comeIn(room, place, n % 20 === 7 ? `mistyped ${n}` : PASSWORD)).outcome;
    }));
    assert.deepEqual([count(outcomes, "in"), count(outcomes, "password.wrong")], [57, 3]);
  });

  const addPerson = async (name: string) => {
    const id = newRowId() as AccountId;
    const email = `${name}@example.org`;
    await insertAccount(db, {
      id,
      tenantId: DEFAULT_TENANT,
      name,
      email,
      isEmailVerified: true,
      role: "member",
      isOperator: false,
    }, now());
    await setPassword(db, id, passwordHash, now());
    return email;
  };
  const signIn = (email: string, password: string, place: Site) =>
    post("/v1/auth/password", { email, password }, place);

  await t.step(
    "[Q5] no guessing client locks an account for users elsewhere, or known there",
    async () => {
      const email = await addPerson("otto");
      const known = await signIn(email, PASSWORD, { origin: server.origin, address: SHARED });
      assert.equal(known.status, 200);
      const statuses = await Promise.all(Array.from({ length: 150 }, async (_, n) => {
        const place = { origin: originOf(n), address: `198.51.100.${1 + n % 12}` };
        return String((await signIn(email, `guess number ${n}`, place)).status);
      }));
      const { points } = LIMITS["signIn.account"];
      // Twelve addresses have ten attempts each; beyond the account's limit, one gets the attempt of these 20
      // s.
      assert.equal(count(statuses, "401"), points + 1);
      assert.equal(count(statuses, "401") + count(statuses, "429"), 150);
      aheadMs += LIMITS["signIn.slow"].durationS * 1000;
      for (const [n, origin] of origins.entries()) {
        const again = { origin, address: SHARED, device: known.device! };
        assert.equal((await signIn(email, PASSWORD, again)).status, 200, "they were there before");
        const elsewhere = { origin, address: `2001:db8:${n}::7` };
        assert.equal((await signIn(email, PASSWORD, elsewhere)).status, 200, "they come from elsewhere");
      }
      const neighbour = { origin: server.origin, address: "2001:db8:9::1" };
      assert.equal((await signIn(email, "a guess", neighbour)).status, 401);
      const waiting = signIn(email, PASSWORD, { origin: edgeFunction.origin, address: "2001:db8:9::ffff" });
      aheadMs += LIMITS["signIn.slow"].durationS * 1000;
      assert.equal((await waiting).status, 200, "the right one, in the next turn");
    },
  );

  await t.step("[Q5] a new browser of the same address waits 15 minutes, not longer", async () => {
    const email = await addPerson("ida");
    for (let n = 0; n < 12; n++) {
      await signIn(email, `guess number ${n}`, { origin: originOf(n), address: SHARED });
    }
    const place = { origin: server.origin, address: SHARED };
    assert.equal((await signIn(email, PASSWORD, place)).status, 429);
    aheadMs += LIMITS["signIn.guess"].durationS * 1000 + 1;
    assert.equal((await signIn(email, PASSWORD, place)).status, 200);
  });

  await t.step(
    "[Q4] a valid recovery code is accepted, however many wrong ones were tried",
    async () => {
      const email = await addPerson("uwe");
      const account = await db.selectFrom("account").select("id").where("email", "=", email)
        .executeTakeFirstOrThrow();
      const [code] = await makeRecoveryCodes(db, account.id as AccountId);
      const place = { origin: server.origin, address: "192.0.2.77" };
      const recover = (code: string) => post("/v1/auth/recovery", { email, code }, place);
      const statuses = new Set<number>();
      for (let n = 0; n < LIMITS["secret.wrong"].points + 1; n++) {
        statuses.add((await recover("aaaa-bbbb-cccc-dddd")).status);
      }
      assert.deepEqual([...statuses].sort(), [401, 429]);
      assert.equal((await recover(code!)).status, 200);
    },
  );

  await t.step(
    "nothing stored for it names anyone, or could be found by trying addresses",
    async () => {
      const rows = [
        ...await db.selectFrom("rate_counter").selectAll().execute(),
        ...await db.selectFrom("known_device").selectAll().execute(),
      ];
      assert.doesNotMatch(JSON.stringify(rows), /198\.51|2001:db8|otto|@example/);
      const plain = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SHARED)))
        .toHex();
      assert.ok(!JSON.stringify(rows).includes(plain));
    },
  );
  assert.deepEqual([server.complaints, edgeFunction.complaints], [[], []]);
});

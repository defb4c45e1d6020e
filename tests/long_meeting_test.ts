import assert from "node:assert/strict";
import { type AccountId, CLOSE, type CloseName, type Role } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { startTestProvider, type TestProvider } from "../edge/identity/oidc/provider_for_tests.ts";
import { RECHECK_MS } from "../edge/identity/oidc/recheck.ts";
import { MEETING_MS, SESSION_MAX_MS } from "../edge/identity/session.ts";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { until } from "./browser_rig.ts";
import { type Serving, startTestEdge, type TestEdge } from "./edge_rig.ts";
import { RestClient, signIn } from "./rest_client.ts";
import { SignalClient } from "./signal_client.ts";

const MINUTE_MS = 60_000;

/** Idle time after which the provider forgets a session, ms. Source: Keycloak's default. */
const PROVIDER_IDLE_MS = 30 * MINUTE_MS;

/** Step of the clock, ms: a little longer than a provider's answer is trusted. */
const STEP_MS = 10.5 * MINUTE_MS;

/** An edge whose people sign in at a provider, with local accounts, or not at all; and its clock. */
interface House extends AsyncDisposable {
  readonly edge: TestEdge;
  readonly db: Db;
  readonly provider: TestProvider;
  readonly now: () => number;
  readonly admin: RestClient;
  /** Signs a person in at the provider, like a browser; continues the session of `former` if given. */
  signInAtProvider(claims: Record<string, unknown>, former?: RestClient): Promise<RestClient>;
  /** A person with a local account. */
  signInHere(name: string): Promise<RestClient>;
  /** Joins a meeting. */
  come(room: RoomCreated, name: string, person?: RestClient): Promise<SignalClient>;
  /** Drops the connection; the participant is not expected to be there anymore. */
  sleep(client: SignalClient): void;
  /**
   * Advances the clock in steps in which participants do nothing. Everyone who came and did not sleep is
   * still there afterwards.
   */
  pass(ms: number): Promise<void>;
  /** Advances the clock until a client is closed, which must happen within `ms`. */
  passUntilOut(client: SignalClient, name: CloseName, ms: number): Promise<void>;
}

async function openHouse(
  db: Db,
  serving: Serving,
  store: Parameters<typeof startTestEdge>[0]["store"],
): Promise<House> {
  await using stack = new AsyncDisposableStack();
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const provider = stack.use(await startTestProvider({ email_verified: true }));
  provider.idle = { ms: PROVIDER_IDLE_MS, now };
  const port = freeTcpPort();
  const origin = `http://127.0.0.1:${port}`;
  const edge = stack.use(
    await startTestEdge({
      ...store && { store },
      serving,
      now,
      signOutsEveryMs: 20,
      env: {
        PORT: String(port),
        PUBLIC_URL: origin,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: provider.clientId,
        OIDC_CLIENT_SECRET: provider.clientSecret,
        OIDC_ADMIN_GROUP: "admins",
      },
    }),
  );
  const here = new Map<SignalClient, AccountId | undefined>();
  const step = async () => {
    aheadMs += STEP_MS;
    await Promise.all(
      [...here.keys()].filter(({ closed }) => closed === undefined).map((client) => client.ping()),
    );
    const accounts = [...here.values()].filter((account) => account !== undefined);
    // By then every due provider check has been made and answered; sessions that expire before the next step
    // have ended.
    await until(async () => {
      const due = await db.selectFrom("session").select("id").where("account_id", "in", ["", ...accounts])
        .where((eb) =>
          eb.or([
            eb("recheck_at", "<=", new Date(now() + RECHECK_MS / 2)),
            eb("expires_at", "<=", new Date(now() + STEP_MS)).and("lapsed_at", "is", null),
          ])
        ).execute();
      return due.length === 0;
    }, () => `the sessions are not looked at: ${edge.complaints.at(-1) ?? "no complaint"}`);
  };
  const passWhile = async (ms: number, goesOn: () => boolean) => {
    for (let passedMs = 0; passedMs < ms && goesOn(); passedMs += STEP_MS) await step();
  };
  const signInHere = (name: string) => signIn(db, origin, DEFAULT_TENANT, { name });
  const admin = await signIn(db, origin, DEFAULT_TENANT, { name: "Ada", role: "admin" });
  const running = stack.move();
  return {
    edge,
    db,
    provider,
    now,
    admin,
    signInHere,
    async signInAtProvider(claims, former) {
      provider.idToken = { claims };
      const jar = new Map<string, string>(former?.session ? [["tafelrunde-session", former.session]] : []);
      const get = async (url: string | URL) => {
        const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
        const response = await fetch(url, { redirect: "manual", headers: { cookie } });
        await response.body?.cancel();
        for (const line of response.headers.getSetCookie()) {
          const [name = "", value = ""] = line.split(";")[0]!.split("=");
          jar.set(name, value);
        }
        return response.headers.get("location")!;
      };
      const back = await fetch(await get(`${origin}/v1/auth/oidc/oidc`), { redirect: "manual" });
      await back.body?.cancel();
      assert.equal(await get(back.headers.get("location")!), `${origin}/`);
      const session = jar.get("tafelrunde-session")!;
      const headers = { cookie: `tafelrunde-session=${session}` };
      const { id } = await new RestClient(origin, headers).get<{ id: AccountId }>("GET", "/v1/account");
      return new RestClient(origin, headers, { account: id, session });
    },
    async come(room, name, person) {
      const client = new SignalClient(room, { session: person?.session });
      await client.join(origin, name);
      here.set(client, person?.account);
      return client;
    },
    sleep(client) {
      here.delete(client);
      client.cut();
    },
    async pass(ms) {
      await passWhile(ms, () => true);
      for (const { closed, you } of here.keys()) assert.equal(closed, undefined, `${you} is out`);
    },
    async passUntilOut(client, name, ms) {
      await passWhile(ms, () => client.closed === undefined);
      await client.until(() => client.closed !== undefined);
      assert.equal(client.closed!.code, CLOSE[name].code, client.closed!.reason);
      here.delete(client);
    },
    async [Symbol.asyncDispose]() {
      for (const client of here.keys()) client.cut();
      await running.disposeAsync();
    },
  };
}

const roleOf = (client: SignalClient): Role | undefined => client.state.participants[client.you!]?.role;
const HOUR_MS = 60 * MINUTE_MS;

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(`[U36] nine hours in one meeting, edge as a ${serving}`, async ({ store }, t) => {
    await using house = await openHouse(store.db, serving, store);
    const { provider, admin, db, edge: { origin } } = house;
    const claims = { sub: "olga", name: "Olga", email: "olga@rathaus.example" };
    const olga = await house.signInAtProvider(claims);
    const room = await olga.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
    const atProvider = async (sub: string, more: Record<string, unknown> = {}) => {
      const person = await house.signInAtProvider({
        sub,
        name: sub,
        email: `${sub}@rathaus.example`,
        ...more,
      });
      provider.people.set(sub, { sub, name: sub, email: `${sub}@rathaus.example`, ...more });
      return person;
    };
    const adam = await atProvider("adam", { groups: ["admins"] });
    const vera = await atProvider("vera");
    const [lea, rita, dora, nora] = [
      await house.signInHere("Lea"),
      await house.signInHere("Rita"),
      await house.signInHere("Dora"),
      await house.signInHere("Nora"),
    ];
    provider.people.set("olga", claims);
    await olga.get("PUT", `/v1/rooms/${room.room}/members/${rita.account}`, { role: "moderator" });
    const { link, id: linkId } = await olga.get<{ id: string; link: RoomCreated["link"] }>(
      "POST",
      `/v1/rooms/${room.room}/links`,
      { role: "presenter" },
    );
    const ownLink = { ...room, link };
    const [olgas, leas, guest] = [
      await house.come(room, "Olga", olga),
      await house.come(room, "Lea", lea),
      await house.come(room, "Gast"),
    ];
    const [adams, veras, ritas, doras, noras, banned, linked] = [
      await house.come(room, "Adam", adam),
      await house.come(room, "Vera", vera),
      await house.come(room, "Rita", rita),
      await house.come(room, "Dora", dora),
      await house.come(room, "Nora", nora),
      await house.come(room, "Bernd"),
      await house.come(ownLink, "Linus"),
    ];

    await t.step(
      "two hours: no one is thrown out, whether by provider, with local account, or as a guest",
      async () => {
        await house.pass(2 * HOUR_MS);
        assert.deepEqual([olgas, leas, guest, ritas].map(roleOf), [
          "owner",
          "participant",
          "guest",
          "moderator",
        ]);
        const refreshes = provider.grants.filter((grant) => grant === "refresh_token").length;
        assert.ok(refreshes >= 3 * 11, `${refreshes} refreshes`);
      },
    );

    await t.step(
      "a person dismissed at the provider is out with the next check, without making a request",
      async () => {
        provider.people.set("vera", null);
        await house.passUntilOut(veras, "signedOut", 2 * STEP_MS);
        await guest.until(() => guest.state.participants[veras.you!] === undefined);
        assert.equal((await vera.fail("GET", "/v1/account"))[0], 401);
      },
    );

    await t.step(
      "an admin who loses the group at the provider is no longer one, without making a request",
      async () => {
        const roleThere = async () =>
          (await db.selectFrom("account").select("role").where("id", "=", adam.account)
            .executeTakeFirstOrThrow())
            .role;
        assert.equal(await roleThere(), "admin");
        provider.people.set("adam", { sub: "adam", groups: [] });
        await house.pass(2 * STEP_MS);
        assert.equal(await roleThere(), "member");
        assert.equal((await adam.fail("GET", "/v1/keys"))[0], 403);
        assert.equal(roleOf(adams), "participant", "the meeting goes on for them");
      },
    );

    await t.step("a role that is revoked is lost in the meeting", async () => {
      await olga.get("DELETE", `/v1/rooms/${room.room}/members/${rita.account}`);
      await ritas.until(() => roleOf(ritas) === "participant");
      const refused = await ritas.ask({ type: "hand.lower", participantId: null });
      assert.equal(refused.type, "refused");
    });

    await t.step("banned, disabled, session ended: out at once", async () => {
      await olgas.ask({ type: "participant.remove", participantId: banned.you!, ban: true });
      await house.passUntilOut(banned, "removed", STEP_MS);
      await admin.get("PATCH", `/v1/people/${dora.account}`, { isDisabled: true }, { "if-match": "*" });
      await house.passUntilOut(doras, "signedOut", STEP_MS);
      await nora.get("DELETE", "/v1/account/sessions");
      await house.passUntilOut(noras, "signedOut", STEP_MS);
    });

    await t.step("a revoked link admits no one; a participant inside stays until they leave", async () => {
      await olga.get("DELETE", `/v1/rooms/${room.room}/links/${linkId}`);
      await house.pass(2 * STEP_MS);
      assert.equal(linked.closed, undefined);
    });

    await t.step("four more hours", async () => {
      await house.pass(4 * HOUR_MS);
      assert.deepEqual([olgas, leas, guest, adams].map(roleOf), [
        "owner",
        "participant",
        "guest",
        "participant",
      ]);
    });

    await t.step(
      "an hour's sleep: everyone returns with their current role, and no one with a former one",
      async () => {
        for (const client of [olgas, leas, guest, linked]) house.sleep(client);
        await house.pass(HOUR_MS);
        await adams.until(() =>
          [olgas, leas, guest, linked].every(({ you }) => !(you! in adams.state.participants))
        );
        for (const [client, name] of [[olgas, "Olga"], [leas, "Lea"], [guest, "Gast"]] as const) {
          await client.join(origin, name);
          await client.until(() => roleOf(client) !== undefined);
        }
        assert.deepEqual([olgas, leas, guest].map(roleOf), ["owner", "participant", "guest"]);
        const refusal = async (client: SignalClient) => {
          await assert.rejects(client.enter(origin), /1000/);
          return (await client.next("refused", 0)).code;
        };
        assert.equal(await refusal(banned), "room.banned");
        assert.equal(await refusal(linked), "link.revoked");
        for (const client of [veras, doras, noras, ritas]) {
          if (client === ritas) house.sleep(client);
          await client.join(origin, "again");
          await client.until(() => roleOf(client) !== undefined);
          assert.equal(
            roleOf(client),
            client === ritas ? "participant" : "guest",
            "the link is what they have",
          );
          client.cut();
        }
      },
    );

    await t.step(
      "a person whose tokens have expired meanwhile signs in again, and the meeting continues",
      async () => {
        assert.equal((await olga.fail("GET", "/v1/account"))[1], "signIn.needed");
        await house.pass(STEP_MS);
        const again = await house.signInAtProvider(claims, olga);
        await again.get("GET", "/v1/account");
        await house.pass(2 * STEP_MS);
        assert.equal(olgas.closed, undefined);
        assert.equal(roleOf(olgas), "owner");
      },
    );
  });
}

testOnStores("[U36] a session's expiry ends no running meeting", async ({ store }, t) => {
  await using house = await openHouse(store.db, "server", store);
  const { provider, db } = house;
  const claims = { sub: "olga", name: "Olga", email: "olga@rathaus.example" };

  await t.step("without refresh tokens: signed in eleven hours before, three in the meeting", async () => {
    provider.withTokens = { refresh_token: undefined };
    const olga = await house.signInAtProvider(claims);
    const room = await olga.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
    await house.pass(11 * HOUR_MS);
    const olgas = await house.come(room, "Olga", olga);
    await house.pass(3 * HOUR_MS);
    assert.equal(roleOf(olgas), "owner");
    assert.equal((await olga.fail("GET", "/v1/account"))[1], "signIn.needed", "for all else it has passed");
    house.sleep(olgas);
    await house.pass(10 * MINUTE_MS);
    await olgas.join(house.edge.origin, "Olga");
    await olgas.until(() => roleOf(olgas) === "owner");
    olgas.cut();
    provider.withTokens = {};
  });

  await t.step(
    "with refresh tokens that expired when the session was a day old: the provider's last answer counts",
    async () => {
      const olga = await house.signInAtProvider({ ...claims, sub: "oda" });
      provider.people.set("oda", { ...claims, sub: "oda" });
      const room = await olga.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
      const olgas = await house.come(room, "Oda", olga);
      await house.pass(26 * HOUR_MS);
      house.sleep(olgas);
      await house.pass(HOUR_MS);
      await olgas.join(house.edge.origin, "Oda");
      await olgas.until(() => roleOf(olgas) !== undefined);
      assert.equal(roleOf(olgas), "owner");
      olgas.cut();
    },
  );

  await t.step("with a local account, whose 90 days pass in the meeting; but not forever", async () => {
    const lea = await house.signInHere("Lea");
    const room = await lea.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
    await db.updateTable("session").set({
      created_at: new Date(house.now() + HOUR_MS - SESSION_MAX_MS),
      seen_at: new Date(house.now()),
      expires_at: new Date(house.now() + HOUR_MS),
    }).where("account_id", "=", lea.account).execute();
    const leas = await house.come(room, "Lea", lea);
    await house.pass(9 * HOUR_MS);
    assert.equal(roleOf(leas), "owner");
    assert.equal((await lea.fail("GET", "/v1/account"))[1], "signIn.needed");
    await house.passUntilOut(leas, "signedOut", MEETING_MS);
  });
});

import assert from "node:assert/strict";
import {
  type AccountId,
  CLOSE,
  NEWEST_CLIENT_VERSION,
  newRowId,
  OLDEST_VERSION,
  type ParticipantId,
  PROTOCOL_VERSION,
  type RoomSettingsChange,
  type TenantId,
} from "@tafelrunde/protocol";
import type { Hello, RoomCreated } from "@tafelrunde/protocol/http";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import { beginSession } from "../edge/identity/session.ts";
import { insertAccount } from "../edge/store/account.ts";
import type { Store } from "../edge/store/open.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { type ClientIdentity, createRoom, SignalClient } from "./signal_client.ts";

const OWNER = "O".repeat(22);

/** A room with these settings, and its owner in it. */
async function hosted(origin: string, settings: RoomSettingsChange, name = "Rat"): Promise<SignalClient> {
  const owner = new SignalClient(await createRoom(origin, name, OWNER), { device: OWNER });
  await owner.join(origin, "Olga");
  await owner.ask({ type: "room.change", settings });
  return owner;
}

/** A client that has asked to join. */
async function asking(origin: string, room: RoomCreated, name: string, identity: ClientIdentity = {}) {
  const client = new SignalClient(room, identity);
  await client.enter(origin);
  await client.ask({ type: "participant.join", name });
  return client;
}

const namesIn = (people: Readonly<Record<ParticipantId, { readonly name: string }>>) =>
  Object.values(people).map(({ name }) => name);

testOnStores("who can join, and how", async ({ store, again }, t) => {
  await using edge = await startTestEdge({ store });
  const { origin } = edge;

  await t.step(
    "[W2] moderators see waiting participants at once; no one else receives anything about them",
    async () => {
      const owner = await hosted(origin, {});
      const ben = await new SignalClient(owner.room).join(origin, "Ben");
      await owner.ask({ type: "room.change", settings: { waitingRoom: "everyone" } });
      const cem = await asking(origin, owner.room, "Cem");
      await owner.until(() => namesIn(owner.state.waiting).includes("Cem"));
      await owner.ask({ type: "chat.post", text: "one moment" });
      await ben.until(() => ben.state.seq === owner.state.seq);
      assert.doesNotMatch(JSON.stringify(ben.received), /Cem/);
      assert.ok(ben.received.some(({ type }) => type === "skipped"));
      assert.doesNotMatch(JSON.stringify(cem.received), /Olga|Ben|one moment/);
      await owner.ask({ type: "waiting.admit", participantId: cem.you! });
      await cem.next("snapshot", 0);
      assert.deepEqual(namesIn(cem.state.participants).sort(), ["Ben", "Cem", "Olga"]);
      await Promise.all([ben, cem].map((client) => client.until(() => client.state.seq === owner.state.seq)));
      assert.deepEqual(cem.state, { ...owner.state, waiting: {} });
      await owner.ask({ type: "role.set", participantId: ben.you!, role: "moderator" });
      await asking(origin, owner.room, "Dora");
      for (const one of [ben, owner]) await one.until(() => namesIn(one.state.waiting).includes("Dora"));
      assert.deepEqual(ben.state, owner.state, "who becomes a moderator sees what moderators see");
      await Promise.all([owner, ben, cem].map((client) => client.close()));
    },
  );

  await t.step(
    "[W5] a waiting participant keeps waiting after an interruption, a reload, and at another edge",
    async () => {
      await using other = await startTestEdge({ store: await again() });
      const owner = await hosted(origin, { waitingRoom: "everyone" });
      const cem = await asking(origin, owner.room, "Cem");
      await owner.until(() => namesIn(owner.state.waiting).length === 1);
      const { since } = Object.values(owner.state.waiting)[0]!;
      cem.cut();
      const elsewhere = new SignalClient(owner.room, cem);
      await elsewhere.enter(other.origin);
      assert.equal((await elsewhere.ask({ type: "participant.join", name: "Cem" })).type, "done");
      assert.ok(elsewhere.received.some(({ type }) => type === "waiting"));
      await owner.until(() => Object.values(owner.state.waiting)[0]?.presence === "here");
      assert.equal(Object.values(owner.state.waiting)[0]!.since, since, "the same place in the row");
      await owner.ask({ type: "waiting.admit", participantId: null });
      await elsewhere.next("snapshot", 0);
      await Promise.all([owner.close(), elsewhere.close()]);
    },
  );

  await t.step("[W7] a rejected participant is told why; one who gives up is off the list", async () => {
    const owner = await hosted(origin, { waitingRoom: "guests" });
    const cem = await asking(origin, owner.room, "Cem");
    await owner.until(() => namesIn(owner.state.waiting).length === 1);
    await owner.ask({ type: "waiting.decline", participantId: cem.you!, text: "tomorrow" });
    await cem.until(() => cem.closed !== undefined);
    assert.equal(cem.closed!.code, CLOSE.declined.code);
    assert.equal((await cem.next("declined", 0)).text, "tomorrow");
    const dora = await asking(origin, owner.room, "Dora");
    await dora.ask({ type: "participant.leave" });
    await dora.until(() => dora.closed !== undefined);
    await owner.until(() => Object.keys(owner.state.waiting).length === 0);
    await owner.close();
  });

  await t.step(
    "[V2] a client one release ahead is welcomed with the common version; others reload the page",
    async () => {
      const { room } = await hosted(origin, {});
      const ahead = new SignalClient(room, { version: NEWEST_CLIENT_VERSION });
      assert.equal((await ahead.enter(origin)).version, PROTOCOL_VERSION);
      for (const version of [OLDEST_VERSION - 1, NEWEST_CLIENT_VERSION + 1]) {
        await assert.rejects(new SignalClient(room, { version }).enter(origin), /4426/);
      }
      await ahead.close();
    },
  );

  await t.step("[W4] removed and banned: closed by name, refused by name", async () => {
    const owner = await hosted(origin, {});
    const ben = await new SignalClient(owner.room).join(origin, "Ben");
    await owner.ask({ type: "participant.remove", participantId: ben.you!, ban: true });
    await ben.until(() => ben.closed !== undefined);
    assert.equal(ben.closed!.code, CLOSE.removed.code);
    const back = new SignalClient(owner.room, { device: ben.device });
    await assert.rejects(back.enter(origin), /1000/);
    assert.equal((await back.next("refused", 0)).code, "room.banned");
    await owner.close();
  });

  await t.step(
    "[J9] an expired link is refused by name; a guess looks like a missing room",
    async () => {
      const owner = await hosted(origin, {});
      const { room } = owner.room;
      const setLink = (change: object) =>
        store.db.updateTable("room_link").set(change).where("room_id", "=", room).execute();
      const refusal = async () => {
        const client = new SignalClient(owner.room);
        await assert.rejects(client.enter(origin), /1000/);
        return (await client.next("refused", 0)).code;
      };
      await setLink({ max_uses: 1 });
      const first = await new SignalClient(owner.room).join(origin, "First");
      assert.equal(await refusal(), "link.usedUp");
      await new SignalClient(owner.room, { device: first.device }).enter(origin);
      await setLink({ max_uses: null, expires_at: new Date(Date.now() - 1) });
      assert.equal(await refusal(), "link.expired");
      await setLink({ expires_at: null, revoked_at: new Date() });
      assert.equal(await refusal(), "link.revoked");
      first.cut();
      assert.equal((await first.enter(origin)).joined, true, "who is inside comes back");
      const guess = new SignalClient({ ...owner.room, link: "G".repeat(22) as RoomCreated["link"] });
      await assert.rejects(guess.enter(origin), /4404/);
      await Promise.all([owner.close(), first.close()]);
    },
  );

  await t.step(
    "[J10] a room's password: required, verified, rate-limited; not for clients known to the room",
    async () => {
      using hasher = new PasswordHasher();
      const owner = await hosted(origin, {});
      await store.db.updateTable("room").set({
        password_hash: await hasher.hash("Quittenbrot", { kind: "room", who: "test", about: "test" }),
      })
        .where("id", "=", owner.room.room).execute();
      const ben = new SignalClient(owner.room);
      assert.deepEqual((await ben.enter(origin)).needs, { password: true, admission: false });
      const say = async (password?: string) => {
        const answer = await ben.ask({ type: "participant.join", name: "Ben", ...password && { password } });
        return answer.type === "refused" ? answer.code : answer.type;
      };
      assert.equal(await say(), "password.missing");
      for (let tries = 0; tries < 5; tries++) assert.equal(await say("Quark"), "password.wrong");
      assert.equal(await say("Quittenbrot"), "password.tooFrequent");
      const cem = new SignalClient(owner.room, { address: "198.51.100.7" });
      await cem.enter(origin);
      const again = await new SignalClient(owner.room, { device: OWNER }).enter(origin);
      assert.equal(again.needs.password, false);
      await Promise.all([ben.close(), cem.close()]);
    },
  );

  await t.step(
    "[J11] accounts join by their role in the room, without a link and under their name",
    async () => {
      const { owner, member, stranger, foreigner } = await makeAccounts(store);
      const room = await hosted(origin, { rename: "moderators", guests: false });
      await room.close();
      const { room: id } = room.room;
      await store.db.updateTable("room").set({ owner_id: owner.id, tenant_id: owner.tenantId }).where(
        "id",
        "=",
        id,
      )
        .execute();
      await store.db.insertInto("room_member").values({
        room_id: id,
        account_id: member.id,
        role: "moderator",
      })
        .execute();
      const come = async (session: string | undefined, link?: null) => {
        const client = new SignalClient(room.room, session === undefined ? {} : { session });
        const welcome = await client.enter(origin, link === null ? NO_LINK : {});
        return { client, welcome };
      };
      const first = await come(owner.session, null);
      assert.deepEqual([first.welcome.role, first.welcome.account], ["owner", owner.name]);
      const second = await come(member.session, null);
      assert.equal(second.welcome.role, "moderator");
      await first.client.ask({ type: "participant.join", name: "" });
      await first.client.until(() => first.client.state.seq > 0);
      assert.equal(first.client.state.participants[first.client.you!]!.name, owner.name);
      await assert.rejects(come(stranger.session, null), /4404/);
      const guest = new SignalClient(room.room);
      await assert.rejects(guest.enter(origin), /1000/);
      assert.equal((await guest.next("refused", 0)).code, "room.guestsNotAllowed");
      const ofHouse = await come(stranger.session);
      assert.deepEqual([ofHouse.welcome.role, ofHouse.welcome.joined], ["participant", false]);
      await assert.rejects(come(foreigner.session, null), /4404/, "another tenant's room");
      await assert.rejects(come(foreigner.session), /1000/, "a guest there, like anyone with the link");
      await Promise.all([first, second, ofHouse].map(({ client }) => client.close()));
    },
  );
  assert.deepEqual(edge.complaints, []);
});

const NO_LINK = { link: undefined } as unknown as Partial<Hello>;

/** Signed-in accounts: two members of the room, one of its tenant, one of another. */
async function makeAccounts({ db }: Store) {
  const now = Date.now();
  await ensureDefaultTenant(db, now);
  const otherTenant = newRowId() as TenantId;
  await db.insertInto("tenant").values({
    id: otherTenant,
    slug: `other-${otherTenant}`,
    name: "Other",
    created_at: new Date(now),
  }).execute();
  const make = async (name: string, tenantId: TenantId) => {
    const account = await insertAccount(db, {
      id: newRowId() as AccountId,
      tenantId,
      name,
      email: null,
      isEmailVerified: false,
      role: "member",
      isOperator: false,
    }, now);
    const session = await beginSession(db, account!, { method: "password", device: "test" }, now);
    return { ...account!, session };
  };
  return {
    owner: await make("Olga Owner", DEFAULT_TENANT),
    member: await make("Mia Member", DEFAULT_TENANT),
    stranger: await make("Stefan Stranger", DEFAULT_TENANT),
    foreigner: await make("Fred Foreigner", otherTenant),
  };
}

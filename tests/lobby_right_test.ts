import assert from "node:assert/strict";
import { CLOSE, type PeerOffer, type RefusalCode } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeOffer } from "../media/src/test_person.ts";
import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { BUS_KINDS, lossyBus, startBackbone } from "./cluster_rig.ts";
import { type Serving, startTestEdge, type TestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";
import { roomOf, SignalClient } from "./signal_client.ts";

const HOUR_MS = 3_600_000;

/**
 * Factor by which the edges' clocks are slowed where notifications are tested: what they detect by themselves
 * comes long after a test has ended.
 */
const SLOWER = 4;

function slowClock(): () => number {
  const from = Date.now();
  return () => from + Math.floor((Date.now() - from) / SLOWER);
}

const ANY = { "if-match": "*" };

/** A room of a tenant with its owner in it, at the first of two edges. */
interface House {
  readonly first: TestEdge;
  readonly second: TestEdge;
  readonly owner: RestClient;
  readonly room: RoomCreated;
  readonly olga: SignalClient;
  signIn(name: string): Promise<RestClient>;
}

async function openHouse(
  db: Parameters<typeof signIn>[0],
  first: TestEdge,
  second: TestEdge,
  at = Date.now(),
): Promise<House> {
  const tenant = await makeTenant(db, "house");
  const owner = await signIn(db, first.origin, tenant, { name: "Olga", role: "admin", at });
  const room = await owner.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
  const olga = await new SignalClient(room, { session: owner.session }).join(first.origin, "Olga");
  return {
    first,
    second,
    owner,
    room,
    olga,
    signIn: (name) => signIn(db, first.origin, tenant, { name, at }),
  };
}

interface Made {
  readonly id: string;
  readonly url: string;
}

const makeLink = ({ owner, room }: House, wish: object = {}) =>
  owner.get<Made>("POST", `/v1/rooms/${room.room}/links`, wish);

/** A client in the room's lobby at the second edge, with a link. */
async function byLink({ second }: House, url: string, device?: string): Promise<SignalClient> {
  const client = new SignalClient(roomOf(url), device === undefined ? {} : { device });
  await client.enter(second.origin);
  return client;
}

/** The same with an account, without a link. */
async function byAccount({ second, room }: House, { session }: RestClient): Promise<SignalClient> {
  const client = new SignalClient(room, { session });
  await client.enter(second.origin, { link: undefined });
  return client;
}

/** Checks that the client got the same refusal as a new hello would, and receives no more. */
async function isTurnedAway(client: SignalClient, code: RefusalCode | "room.unknown"): Promise<void> {
  await client.until(() => client.closed !== undefined);
  const refusals = client.received.flatMap((message) => message.type === "refused" ? [message.code] : []);
  const isUnknown = code === "room.unknown";
  assert.deepEqual(refusals, isUnknown ? [] : [code]);
  assert.equal(client.closed!.code, CLOSE[isUnknown ? "roomUnknown" : "normal"].code, client.closed!.reason);
}

/** Grants a client the right to know of the room, and revokes it. */
interface Right {
  readonly refused: RefusalCode | "room.unknown";
  give(house: House): Promise<{ readonly client: SignalClient; take(): Promise<unknown> }>;
}

const RIGHTS: Readonly<Record<string, Right>> = {
  "a link that is taken back": {
    refused: "link.revoked",
    async give(house) {
      const { id, url } = await makeLink(house);
      const take = () => house.owner.get("DELETE", `/v1/rooms/${house.room.room}/links/${id}`);
      return { client: await byLink(house, url), take };
    },
  },
  "a membership that goes": {
    refused: "room.unknown",
    async give(house) {
      const ben = await house.signIn("Ben");
      const path = `/v1/rooms/${house.room.room}/members/${ben.account}`;
      await house.owner.get("PUT", path, { role: "presenter" });
      return { client: await byAccount(house, ben), take: () => house.owner.get("DELETE", path) };
    },
  },
  "an invitation that is taken back": {
    refused: "room.unknown",
    async give(house) {
      const ben = await house.signIn("Ben");
      const { client, meeting } = await invited(house, ben);
      const { items: [invitation] } = await house.owner.get<{ items: { id: string }[] }>(
        "GET",
        `/v1/meetings/${meeting}/invitations`,
      );
      const path = `/v1/meetings/${meeting}/invitations/${invitation!.id}?notify=false`;
      return { client, take: () => house.owner.get("DELETE", path) };
    },
  },
  "an invitation whose meeting is deleted": {
    refused: "room.unknown",
    async give(house) {
      const { client, meeting } = await invited(house, await house.signIn("Ben"));
      const take = () => house.owner.get("DELETE", `/v1/meetings/${meeting}?notify=false`, undefined, ANY);
      return { client, take };
    },
  },
  "a room that is for members only now": {
    refused: "room.guestsNotAllowed",
    async give(house) {
      const set = (guests: boolean) =>
        house.owner.get("PATCH", `/v1/rooms/${house.room.room}`, { settings: { guests } }, ANY);
      await set(true);
      return { client: await byLink(house, house.room.url), take: () => set(false) };
    },
  },
  "a ban, by another tab": {
    refused: "room.banned",
    async give(house) {
      await house.owner.get("PATCH", `/v1/rooms/${house.room.room}`, { settings: { guests: true } }, ANY);
      const { url } = await makeLink(house);
      const client = await byLink(house, url);
      const other = new SignalClient(client.room, { device: client.device });
      await other.join(house.first.origin, "Ben");
      await house.olga.until(() => other.you! in house.olga.state.participants);
      const take = () => house.olga.ask({ type: "participant.remove", participantId: other.you!, ban: true });
      return { client, take };
    },
  },
};

async function invited(house: House, ben: RestClient) {
  const { id: meeting } = await house.owner.get<{ id: string }>("POST", "/v1/meetings?notify=false", {
    title: "Rat",
    room: house.room.room,
    time: { start: "2031-03-04T10:00", timeZone: "Europe/Berlin", durationMinutes: 60, recurrence: null },
    invite: [{ account: ben.account, role: "presenter" }],
  });
  return { client: await byAccount(house, ben), meeting };
}

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(
    `[W11] who may not know of a room any more is told so in front of it, and hears no more, edge as a ${serving}`,
    async (opened, t) => {
      const { store } = opened;
      await using bus = makeLocalBus();
      const now = slowClock();
      await using first = await startTestEdge({ store, bus, now });
      await using second = await startTestEdge({ store: await opened.again(), bus, serving, now });
      const house = await openHouse(store.db, first, second);
      for (const [name, { give, refused }] of Object.entries(RIGHTS)) {
        await t.step(`${name}, at another edge`, async () => {
          const staying = await byAccount(house, house.owner);
          const { client, take } = await give(house);
          await take();
          await isTurnedAway(client, refused);
          await house.olga.ask({ type: "chat.post", text: "still here" });
          await staying.ping();
          assert.equal(staying.closed, undefined, "who keeps the right stays");
          await staying.close();
        });
      }
      await house.olga.close();
      assert.deepEqual([...first.complaints, ...second.complaints], []);
    },
  );
}

testOnStores(
  "[W11] a right that ends without a message is found within a minute, and at once if it expires by the clock",
  async (opened, t) => {
    let aheadMs = 0;
    const now = () => Date.now() + aheadMs;
    const { store } = opened;
    await using bus = makeLocalBus();
    let isCarried = true;
    await using first = await startTestEdge({ store, bus: lossyBus(bus, () => isCarried), now });
    await using second = await startTestEdge({ store: await opened.again(), bus, now });
    const house = await openHouse(store.db, first, second);

    await t.step("a link that expires", async () => {
      const { url } = await makeLink(house, { expiresAt: new Date(now() + HOUR_MS).toISOString() });
      const client = await byLink(house, url);
      const staying = await byLink(house, house.room.url);
      aheadMs += HOUR_MS + 1_000;
      await isTurnedAway(client, "link.expired");
      await staying.ping();
      assert.equal(staying.closed, undefined);
      await staying.close();
    });

    await t.step("a link that others have used up", async () => {
      const { url } = await makeLink(house, { maxUses: 1 });
      const [client, faster] = [await byLink(house, url), await byLink(house, url)];
      await faster.ask({ type: "participant.join", name: "Faster" });
      aheadMs += 60_000;
      await isTurnedAway(client, "link.usedUp");
      assert.equal(faster.closed, undefined);
      await faster.close();
    });

    await t.step("a message lost on the bus", async () => {
      const right = RIGHTS["a link that is taken back"]!;
      const { client, take } = await right.give(house);
      isCarried = false;
      await take();
      aheadMs += 60_000;
      await isTurnedAway(client, right.refused);
      isCarried = true;
    });
    await house.olga.close();
  },
);

testOnStores(
  "[W11] a waiting participant who is no longer invited is removed from the list",
  async (opened) => {
    const { store } = opened;
    await using bus = makeLocalBus();
    const now = slowClock();
    await using first = await startTestEdge({ store, bus, now });
    await using second = await startTestEdge({ store: await opened.again(), bus, now });
    const house = await openHouse(store.db, first, second);
    const right = RIGHTS["a membership that goes"]!;
    await house.owner.get(
      "PATCH",
      `/v1/rooms/${house.room.room}`,
      { settings: { waitingRoom: "everyone" } },
      ANY,
    );
    const { client, take } = await right.give(house);
    await client.ask({ type: "participant.join", name: "Ben" });
    await house.olga.until(() => client.you! in house.olga.state.waiting);
    await take();
    await isTurnedAway(client, right.refused);
    await house.olga.until(() => !(client.you! in house.olga.state.waiting));
    await house.olga.close();
  },
);

Deno.test("[W11] prepared media transports end with the right to the room", async () => {
  await using node = await startMediaProcess();
  await using backbone = await startBackbone("postgres");
  await using edge = await startTestEdge({ env: backbone.env, mediaNodes: [node.url], now: slowClock() });
  const house = await openHouse(backbone.store.db, edge, edge);
  const { id, url } = await makeLink(house);
  const client = new SignalClient(roomOf(url));
  const { peer } = await client.enter(edge.origin, { peer: makeOffer() as PeerOffer });
  assert.ok(peer !== null && peer !== "kept");
  const transports = () => node.metric('tafelrunde_media_open{kind="transport"}');
  assert.equal(await transports(), 2);
  await house.owner.get("DELETE", `/v1/rooms/${house.room.room}/links/${id}`);
  await isTurnedAway(client, "link.revoked");
  while (await transports() !== 0) await house.olga.ping();
  await house.olga.close();
});

for (const kind of BUS_KINDS) {
  Deno.test(`[W11] the message that a client must not join anymore is sent over ${kind}`, async () => {
    await using backbone = await startBackbone(kind);
    const now = slowClock();
    await using first = await startTestEdge({ env: backbone.env, now });
    await using second = await startTestEdge({ env: backbone.env, now });
    const house = await openHouse(backbone.store.db, first, second);
    const right = RIGHTS["a link that is taken back"]!;
    const { client, take } = await right.give(house);
    await take();
    await isTurnedAway(client, right.refused);
    await house.olga.close();
  });
}

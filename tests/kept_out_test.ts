import assert from "node:assert/strict";
import type { Down, PeerOffer, RoomSettingsChange, TrackId, TrackSource, UpOf } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import type { Store } from "../edge/store/open.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { type ClientIdentity, createRoom, SignalClient } from "./signal_client.ts";

const OWNER = "O".repeat(22);
const PASSWORD = "a word at the door";

let node: MediaProcess;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  node = shared.use(await startMediaProcess());
});
Deno.test.afterAll(() => shared.disposeAsync());

const offer = () => makeOffer() as PeerOffer;

async function publish(client: SignalClient, source: TrackSource = "camera"): Promise<TrackId> {
  const trackId = crypto.randomUUID() as TrackId;
  const rtpParameters = makeRtpParameters(source) as UpOf<"track.publish">["rtpParameters"];
  const answer = await client.ask({
    type: "track.publish",
    trackId,
    source,
    muted: false,
    rtpParameters,
  });
  assert.equal(answer.type, "track.published", JSON.stringify(answer));
  return trackId;
}

/** A room and its owner in it, with a camera on. */
async function filming(origin: string) {
  const olga = new SignalClient(await createRoom(origin, "Rat", OWNER), { device: OWNER });
  await olga.enter(origin, { peer: offer() });
  await olga.ask({ type: "participant.join", name: "Olga" });
  return { olga, room: olga.room, trackIds: [await publish(olga)] };
}

async function inFront(
  origin: string,
  room: RoomCreated,
  peer: PeerOffer | "none",
  identity: ClientIdentity = {},
) {
  const client = new SignalClient(room, identity);
  await client.enter(origin, { peer });
  return client;
}

/**
 * Requests media transports, and waits for the response and everything that the edge sends before its next
 * one.
 */
async function openPath(client: SignalClient, with_ = offer()): Promise<Down> {
  const from = client.received.length;
  client.send({ type: "peer.open", offer: with_ });
  await client.until(() =>
    client.received.slice(from).some(({ type }) => /^peer\.(open|clos)ed$/.test(type))
  );
  await heard(client);
  return client.received.slice(from).find(({ type }) => type === "peer.opened" || type === "peer.closed")!;
}

let pings = 0;
async function heard(client: SignalClient): Promise<void> {
  const n = ++pings;
  client.send({ type: "ping", n });
  await client.until(() => client.received.some((message) => message.type === "pong" && message.n === n));
}

const knows = ({ received }: SignalClient, trackIds: readonly TrackId[]) =>
  trackIds.some((trackId) => JSON.stringify(received).includes(trackId));

function setPassword({ db }: Store, { room }: RoomCreated, hash: string) {
  return db.updateTable("room").set((eb) => ({ password_hash: hash, version: eb("version", "+", 1) }))
    .where("id", "=", room).execute();
}

/** Restrictions that can be set between a client in the lobby and the room; `client`: the participant. */
const obstacles: Record<
  string,
  (olga: SignalClient, client: SignalClient, store: Store) => Promise<unknown>
> = {
  "a waiting room for everyone": (olga) => change(olga, { waitingRoom: "everyone" }),
  "a waiting room for guests": (olga) => change(olga, { waitingRoom: "guests" }),
  "a password": async (_olga, { room }, store) => {
    const hasher = new PasswordHasher();
    await setPassword(store, room, await hasher.hash(PASSWORD, { kind: "room", who: "test", about: "test" }));
    hasher[Symbol.dispose]();
  },
  "a removal, by another tab of theirs": async (olga, client) => {
    const other = new SignalClient(client.room, { device: client.device });
    await other.join(new URL(client.room.url).origin, "Ben");
    await olga.ask({ type: "participant.remove", participantId: other.you!, ban: false });
    await other.until(() => other.closed !== undefined);
  },
};

function change(olga: SignalClient, settings: RoomSettingsChange) {
  return olga.ask({ type: "room.change", settings });
}

for (const serving of ["server", "function"] as const satisfies readonly Serving[]) {
  testOnStores(
    `[W10] media transports reveal participants only to clients that may know them, edge as a ${serving}`,
    async (
      { store },
      t,
    ) => {
      await using edge = await startTestEdge({ store, serving, mediaNodes: [node.url] });
      const { origin } = edge;

      for (const [name, raise] of Object.entries(obstacles)) {
        await t.step(
          `${name}, set after hello: transports requested from then on reveal nothing`,
          async () => {
            const { olga, room, trackIds } = await filming(origin);
            const silent = await inFront(origin, room, "none");
            await raise(olga, silent, store);
            if (name === "a password") await reviewed(origin, room);
            await openPath(silent);
            await openPath(silent);
            trackIds.push(await publish(olga, "microphone"));
            await openPath(silent);
            assert.ok(!knows(silent, trackIds));
            await Promise.all([olga, silent].map((client) => client.close()));
          },
        );

        await t.step(`${name}: transports created before are closed and come back blind`, async () => {
          const { olga, room } = await filming(origin);
          const path = offer();
          const ben = await inFront(origin, room, path);
          await raise(olga, ben, store);
          await ben.next("peer.closed", 0);
          const later = [await publish(olga, "microphone")];
          const from = ben.received.length;
          const answer = await openPath(ben, path);
          assert.ok(answer.type === "peer.opened" && JSON.stringify(answer).includes('"consumers":[]'));
          later.push(await publish(olga, "screen"));
          await openPath(ben, path);
          assert.doesNotMatch(JSON.stringify(ben.received.slice(from)), /"trackId"/);
          assert.ok(!knows(ben, later));
          await Promise.all([olga, ben].map((client) => client.close()));
        });
      }

      await t.step(
        "a waiting participant learns nothing, over any transport; once admitted, everything",
        async () => {
          const { olga, room, trackIds } = await filming(origin);
          await change(olga, { waitingRoom: "everyone" });
          const path = offer();
          const cem = await inFront(origin, room, "none");
          await openPath(cem, path);
          await cem.ask({ type: "participant.join", name: "Cem" });
          await openPath(cem, path);
          trackIds.push(await publish(olga, "microphone"));
          cem.cut();
          await cem.enter(origin, { peer: "keep", since: 0 });
          await openPath(cem);
          await heard(cem);
          assert.ok(!knows(cem, trackIds));
          await olga.ask({ type: "waiting.admit", participantId: cem.you! });
          await cem.until(() =>
            cem.received.some(({ type }) => type === "consumers.opened") && knows(cem, trackIds)
          );
          await Promise.all([olga, cem].map((client) => client.close()));
        },
      );

      await t.step("with the password, everything; with a wrong one, nothing", async () => {
        const olga = new SignalClient(
          await createProtected(origin),
          { device: OWNER },
        );
        await olga.enter(origin, { peer: offer() });
        await olga.ask({ type: "participant.join", name: "Olga" });
        const trackIds = [await publish(olga)];
        const cem = await inFront(origin, olga.room, "none");
        await openPath(cem);
        assert.equal(
          (await cem.ask({ type: "participant.join", name: "Cem", password: "no" })).type,
          "refused",
        );
        await openPath(cem);
        assert.ok(!knows(cem, trackIds));
        await cem.ask({ type: "participant.join", name: "Cem", password: PASSWORD });
        const ids = trackIds;
        await cem.until(() =>
          cem.received.some((message) => message.type === "consumers.opened" && isOf(message, ids))
        );
        await Promise.all([olga, cem].map((client) => client.close()));
      });

      await t.step(
        "without a restriction, the transports are prepared with everything there is",
        async () => {
          const { olga, room, trackIds } = await filming(origin);
          const dora = await inFront(origin, room, "none");
          const answer = await openPath(dora);
          assert.ok(JSON.stringify(answer).includes(trackIds[0]!));
          trackIds.push(await publish(olga, "microphone"));
          await dora.until(() => knows(dora, trackIds.slice(1)));
          await Promise.all([olga, dora].map((client) => client.close()));
        },
      );
    },
  );
}

const isOf = (message: Down, trackIds: readonly TrackId[]) =>
  trackIds.some((trackId) => JSON.stringify(message).includes(trackId));

/** Resolves when the edge knows that the room has a password. */
async function reviewed(origin: string, room: RoomCreated): Promise<void> {
  const client = new SignalClient(room);
  assert.ok((await client.enter(origin)).needs.password);
  await client.close();
}

async function createProtected(origin: string): Promise<RoomCreated> {
  const response = await fetch(`${origin}/v1/rooms`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: `tafelrunde=${OWNER}` },
    body: JSON.stringify({ name: "Rat", password: PASSWORD }),
  });
  return await response.json();
}

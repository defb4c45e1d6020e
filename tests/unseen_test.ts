import assert from "node:assert/strict";
import {
  CLOSE,
  type JsonObject,
  newCommandId,
  type PeerOffer,
  type RoomSettingsChange,
  type TrackId,
} from "@tafelrunde/protocol";
import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { ControlProxy } from "./control_proxy.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const OWNER = "O".repeat(22);

testOnStores("a repeated command has no effect", async ({ store, again }, t) => {
  await using node = await startMediaProcess();
  await using proxy = await ControlProxy.start(node.url);
  await using bus = makeLocalBus();
  const options = { bus, mediaNodes: [proxy.url] };
  await using server = await startTestEdge({ ...options, store, serving: "server" });
  await using platform = await startTestEdge({ ...options, store: await again(), serving: "function" });
  const edges = [server, platform] as const;

  const open = async (settings: RoomSettingsChange = {}) => {
    const room = await createRoom(server.origin, "Rat", OWNER);
    const owner = await new SignalClient(room, { device: OWNER }).join(server.origin, "Olga");
    if (Object.keys(settings).length > 0) await owner.ask({ type: "room.change", settings });
    return owner;
  };
  /**
   * Checks that a client that repeats `join` receives nothing said in the room, and does not appear in its
   * state.
   */
  const seesNothing = async (client: SignalClient, owner: SignalClient, join: string) => {
    const from = client.received.length;
    client.sendText(join);
    const { id: cause } = JSON.parse(join);
    const isAnswer = (message: object) => "cause" in message && message.cause === cause;
    await client.until(() => client.closed !== undefined || client.received.slice(from).some(isAnswer));
    await owner.ask({ type: "chat.post", text: "among us" });
    // Messages sent after the response to this have had time to arrive.
    if (client.closed === undefined) {
      const pongs = client.received.filter(({ type }) => type === "pong").length;
      client.send({ type: "ping", n: 1 });
      await client.until(() =>
        client.closed !== undefined ||
        client.received.filter(({ type }) => type === "pong").length > pongs
      );
    }
    const told = JSON.stringify(client.received.slice(from));
    assert.doesNotMatch(told, /among us|snapshot|Olga/);
    assert.equal(owner.state.participants[client.you!], undefined);
    return client.received.slice(from);
  };
  const joinText = (id: string) => JSON.stringify({ type: "participant.join", id, name: "Mallory" });
  const hasLeft = (received: readonly { type: string; code?: string }[]) =>
    received.some(({ type, code }) => type === "refused" && code === "participant.hasLeft");

  for (const [one, name] of [[server, "server"], [platform, "platform"]] as const) {
    for (const other of edges) {
      const where = one === other ? "the same edge" : "another edge";
      await t.step(`[P9] a join repeated after leaving is refused, at ${where} (${name})`, async () => {
        const owner = await open();
        const client = new SignalClient(owner.room);
        await client.enter(one.origin, { peer: makeOffer() as PeerOffer });
        const join = joinText(newCommandId());
        client.sendText(join);
        await client.until(() => client.state.seq > 0);
        await client.ask({ type: "participant.leave" });
        await client.until(() => client.closed !== undefined);
        const later = new SignalClient(owner.room, client);
        await later.enter(other.origin, { peer: makeOffer() as PeerOffer });
        assert.ok(hasLeft(await seesNothing(later, owner, join) as never));
        const again = await later.ask({ type: "participant.join", name: "Mallory" });
        assert.equal(again.type, "done", "a join of its own is another matter");
        await owner.until(() => owner.state.participants[later.you!] !== undefined);
        await Promise.all([later.close(), owner.close()]);
      });
    }
  }

  await t.step("[P9] nor does a repeated join bypass a removal, a ban, or the meeting's end", async () => {
    for (const way of ["removed", "banned", "ended"] as const) {
      const owner = await open();
      const client = new SignalClient(owner.room);
      await client.enter(server.origin);
      const join = joinText(newCommandId());
      client.sendText(join);
      await client.until(() => client.state.seq > 0);
      // At an edge that does not know the other's sockets, so that it is open before.
      const waiting = new SignalClient(owner.room, client);
      await waiting.enter(platform.origin);
      if (way === "ended") await owner.ask({ type: "room.end" });
      else {
        const ban = way === "banned";
        await owner.ask({ type: "participant.remove", participantId: client.you!, ban });
      }
      await client.until(() => client.closed !== undefined);
      const host = way === "ended"
        ? await new SignalClient(owner.room, owner).join(server.origin, "Olga")
        : owner;
      await seesNothing(waiting, host, join);
      // A banned client can have been turned away from the lobby before they asked.
      const { received } = waiting;
      assert.ok(
        received.some(({ type }) => type === "refused" || type === "waiting"),
        JSON.stringify(received),
      );
      await host.close();
    }
  });

  await t.step("[P9] nor a waiting room", async () => {
    const owner = await open({ waitingRoom: "everyone" });
    const client = new SignalClient(owner.room);
    await client.enter(server.origin);
    const join = joinText(newCommandId());
    client.sendText(join);
    await client.next("waiting", 0);
    await client.ask({ type: "participant.leave" });
    await client.until(() => client.closed !== undefined);
    for (const edge of edges) {
      const later = new SignalClient(owner.room, client);
      await later.enter(edge.origin);
      assert.ok(hasLeft(await seesNothing(later, owner, join) as never));
      later.cut();
    }
    await owner.close();
  });

  await t.step("[P9] nor with a direct join", async () => {
    const owner = await open();
    const id = newCommandId();
    const client = new SignalClient(owner.room);
    const join = { id, name: "Mallory" };
    await client.enter(server.origin, { join });
    await client.ask({ type: "participant.leave" });
    await client.until(() => client.closed !== undefined);
    for (const edge of edges) {
      const answer = await helloOverHttp(edge, client, join);
      assert.equal(answer.status, 409);
      assert.equal((await answer.json()).code, "participant.hasLeft");
      const later = new SignalClient(owner.room, client);
      await assert.rejects(later.enter(edge.origin, { join }));
      assert.ok(hasLeft(later.received as never));
    }
    await owner.close();
  });

  await t.step("[P8] a repeated leave ends no later stay, a repeated change no later one", async () => {
    const owner = await open();
    const leave = newCommandId();
    const change = newCommandId();
    const client = await new SignalClient(owner.room).join(server.origin, "Anna");
    await client.ask({ type: "participant.leave" }, leave);
    await client.until(() => client.closed !== undefined);
    const later = await new SignalClient(owner.room, client).join(platform.origin, "Anna");
    assert.equal((await later.ask({ type: "participant.leave" }, leave)).type, "done");
    await later.ask({ type: "chat.post", text: "still here" });
    assert.ok(owner.state.participants[later.you!]);
    await owner.ask({ type: "room.change", settings: { maxParticipants: 5 } }, change);
    await owner.ask({ type: "room.change", settings: { maxParticipants: 7 } });
    const from = owner.received.length;
    owner.send({ type: "room.change", id: change, settings: { maxParticipants: 5 } });
    await owner.next("done", from);
    const fresh = await fetch(`${server.origin}/v1/rooms/${owner.room.room}`, {
      headers: { cookie: `tafelrunde=${OWNER}` },
    });
    if (fresh.ok) assert.equal((await fresh.json()).settings.maxParticipants, 7);
    await owner.ask({ type: "chat.post", text: "and now" });
    assert.equal(owner.state.room.settings.maxParticipants, 7);
    await Promise.all([later.close(), owner.close()]);
  });

  await t.step(
    "[P8] a repeated unmute does not undo a mute, a repeated publication brings no track back",
    async () => {
      const owner = await open();
      const anna = new SignalClient(owner.room);
      await anna.enter(server.origin, { peer: makeOffer() as PeerOffer });
      await anna.ask({ type: "participant.join", name: "Anna" });
      const trackId = crypto.randomUUID() as TrackId;
      const publish = {
        type: "track.publish",
        trackId,
        source: "microphone",
        muted: true,
        rtpParameters: makeRtpParameters("microphone") as JsonObject,
      } as const;
      const published = newCommandId();
      await anna.ask(publish, published);
      const unmute = newCommandId();
      await anna.ask({ type: "track.mute", trackId, muted: false }, unmute);
      await owner.ask({ type: "track.stop", trackId });
      await anna.until(() => anna.state.tracks[trackId]?.muted === true);
      const asked = proxy.asked.length;
      assert.equal(
        (await repeat(anna, { type: "track.mute", trackId, muted: false, id: unmute })).type,
        "done",
      );
      await until(() => proxy.asked.slice(asked).some(({ type }) => type === "track.mute"));
      assert.ok(proxy.asked.slice(asked).every((ask) => ask.type !== "track.mute" || ask.muted));

      await anna.ask({ type: "track.unpublish", trackId });
      assert.equal((await repeat(anna, { ...publish, id: published })).type, "done");
      await until(() => proxy.peers.has(anna.you!) && proxy.peers.get(anna.you!)!.tracks.length === 0);
      await Promise.all([anna.close(), owner.close()]);
    },
  );

  for (const edge of edges) assert.equal(await edge.count("tafelrunde_edge_unseen_peers_total"), 0);
  assert.equal(await node.metric("tafelrunde_media_unseen_peers_total"), 0);
});

testOnStores("a participant is inside in one place only", async ({ store, again }, t) => {
  await using bus = makeLocalBus();
  await using one = await startTestEdge({ store, bus, serving: "server" });
  await using other = await startTestEdge({ store: await again(), bus, serving: "function" });
  for (const [name, there] of [["the same edge", one], ["another edge", other]] as const) {
    await t.step(
      `[P10] a participant who opens the lobby again, at ${name}, is away until they join again`,
      async () => {
        const owner = await new SignalClient(await createRoom(one.origin)).join(one.origin, "Olga");
        const client = await new SignalClient(owner.room).join(one.origin, "Anna");
        const later = new SignalClient(owner.room, client);
        const welcome = await later.enter(there.origin);
        assert.equal(welcome.joined, false);
        await client.until(() => client.closed !== undefined);
        assert.equal(client.closed!.code, CLOSE.replaced.code);
        await owner.until(() => owner.state.participants[client.you!]?.presence === "away");
        await owner.ask({ type: "chat.post", text: "among us" });
        assert.doesNotMatch(JSON.stringify(later.received), /among us/);
        assert.equal(
          (await later.ask({ type: "participant.join", name: "Anna" })).type,
          "done",
        );
        await owner.until(() => owner.state.participants[client.you!]?.presence === "here");
        await Promise.all([later.close(), owner.close()]);
      },
    );
  }
});

testOnStores(
  "a participant who joins at one edge is in the lobby of no other",
  async ({ store, again }, t) => {
    await using node = await startMediaProcess();
    await using proxy = await ControlProxy.start(node.url);
    await using bus = makeLocalBus();
    const options = { bus, mediaNodes: [proxy.url] };
    await using one = await startTestEdge({ ...options, store, serving: "server" });
    await using other = await startTestEdge({ ...options, store: await again(), serving: "function" });
    for (const waitingRoom of ["off", "everyone"] as const) {
      await t.step(
        `[J5] waiting room ${waitingRoom}: the other socket is closed, and the media is theirs`,
        async () => {
          const room = await createRoom(one.origin, "Rat", OWNER);
          const owner = await new SignalClient(room, { device: OWNER }).join(one.origin, "Olga");
          await owner.ask({ type: "room.change", settings: { waitingRoom } });
          const client = new SignalClient(room);
          await client.enter(one.origin, { peer: makeOffer() as PeerOffer });
          const before = new SignalClient(room, client);
          await before.enter(other.origin, { peer: makeOffer() as PeerOffer });
          // As if the node had been asked to start the earlier media.
          let isLost = false;
          proxy.fate = ({ type }) => {
            const loses = type === "peer.start" && !isLost;
            isLost ||= loses;
            return loses ? "swallowed" : "passes";
          };
          await client.ask({ type: "participant.join", name: "Anna" });
          await before.until(() => before.closed !== undefined);
          assert.equal(before.closed!.code, CLOSE.replaced.code);
          if (waitingRoom !== "off") {
            await owner.until(() => Object.keys(owner.state.waiting).length === 1);
            await owner.ask({ type: "waiting.admit", participantId: client.you! });
          }
          await owner.until(() => owner.state.participants[client.you!]?.presence === "here");
          await until(() => proxy.peers.get(client.you!)?.live === true);
          assert.equal(client.closed, undefined);
          await Promise.all([client.close(), owner.close()]);
        },
      );
    }
  },
);

/** Sends a command again under the same id, and returns the response to this one. */
async function repeat(client: SignalClient, command: Readonly<Record<string, unknown>>) {
  const from = client.received.length;
  client.sendText(JSON.stringify(command));
  const isAnswer = (message: object) => "cause" in message && message.cause === command.id;
  await client.until(() => client.received.slice(from).some(isAnswer));
  return client.received.slice(from).find(isAnswer)!;
}

function helloOverHttp({ origin }: TestEdge, { room, device, tab, version }: SignalClient, join: object) {
  return fetch(`${origin}/v1/rooms/${room.room}/hello`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: `tafelrunde=${device}` },
    body: JSON.stringify({ version, room: room.room, link: room.link, tab, peer: "none", join }),
  });
}

/** Waits for a request or a notice of a node. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

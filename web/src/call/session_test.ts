/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import {
  CLOSE,
  EMPTY_STATE,
  type Event,
  type ParticipantId,
  PROTOCOL_VERSION,
  refuse,
  type RoomId,
  type RoomState,
  type RttByNode,
  type TabId,
  type UpOf,
} from "@tafelrunde/protocol";
import type { CallEnd, Connection } from "./api.ts";
import { fold } from "./fold.ts";
import { Session } from "./session.ts";
import { TestingEdge } from "./testing_edge.ts";
import { HeldTimers } from "./testing_timers.ts";

const you = "a".repeat(26) as ParticipantId;
const edgeId = "e".repeat(16);
const identity = {
  room: "k7wq-3fzp-axmd" as RoomId,
  link: "AAAAAAAAAAAAAAAAAAAAAA",
  tab: "tab-00000001" as TabId,
};

/** A session with `edge`, and the callbacks that it made. */
function makeSession(edge: TestingEdge, rttByNode: () => RttByNode | undefined = () => undefined) {
  // No connection times out because the machine is slow.
  const timers = new HeldTimers();
  const ends: CallEnd[] = [];
  const connections: Connection[] = [];
  const said: string[] = [];
  const session = new Session(edge.url, identity, {
    peerForHello: () => Promise.resolve({ peer: "none" }),
    rttByNode,
    welcomed() {},
    media() {},
    lobby() {},
    met() {},
    cluster: (version) => said.push(`cluster: ${version}`),
    waiting: () => said.push("waiting"),
    admitted: () => said.push("admitted"),
    declined: (text) => said.push(`declined: ${text}`),
    sentBack: (code) => said.push(`sent back: ${code}`),
    happened() {},
    shown() {},
    stopped: (_trackId, by) => said.push(`stopped by ${by}`),
    connection: (connection) => connections.at(-1) !== connection && connections.push(connection),
    changed() {},
    ended: (end) => ends.push(end),
  });
  session.log.use(fold);
  session.start();
  const end = () => {
    session.close();
    timers[Symbol.dispose]();
  };
  return { session, ends, connections, said, [Symbol.dispose]: end };
}

function welcome(joined: boolean, waiting = false) {
  const lobby = { name: "Team", present: 0 };
  const who = { role: "guest", account: null, needs: { password: false, admission: waiting } };
  const standing = { joined, waiting, ...who };
  return {
    type: "welcome",
    version: PROTOCOL_VERSION,
    you,
    edgeId,
    lobby,
    ...standing,
    isLinkForAll: false,
    clusterVersion: PROTOCOL_VERSION,
    peer: null,
    nodes: [],
    at: 1,
  };
}

const ada = { id: you, name: "Ada", edgeId, joinedAt: 1, presence: "here", presenceAt: 1 };
const stateAt = (seq: number): RoomState =>
  ({ ...EMPTY_STATE, seq, participants: { [you]: ada } }) as unknown as RoomState;
const snapshot = (seq: number) => ({ type: "snapshot", state: stateAt(seq) });

function posted(seq: number, text: string, cause: string | null = null): Event {
  return {
    type: "chat.posted",
    seq,
    at: 1,
    actor: you,
    cause,
    participantId: you,
    name: "Ada",
    text,
  } as Event;
}

/** Sends welcome on the newest connection after its hello; returns that hello. */
async function greet(edge: TestingEdge, connection: number, joined: boolean): Promise<UpOf<"hello">> {
  await edge.until(() => (edge.received[connection]?.length ?? 0) > 0);
  edge.send(welcome(joined));
  return edge.received[connection]![0] as UpOf<"hello">;
}

/** Brings a session into the room, its log at `seq`. */
async function joinAt(edge: TestingEdge, { session }: { session: Session }, seq: number): Promise<void> {
  const joined = session.join("Ada");
  await greet(edge, 0, false);
  await edge.until(() => edge.received[0]!.length === 2);
  edge.send(snapshot(seq));
  assert.equal(await joined, null);
}

Deno.test("a click before the welcome joins after it; the snapshot that contains the person is the answer", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  const [hello, join] = edge.received[0]!;
  assert.deepEqual(hello, { type: "hello", version: PROTOCOL_VERSION, ...identity, peer: "none" });
  assert.equal(join?.type, "participant.join");
  assert.equal(client.session.log.state.seq, 5);
});

Deno.test("[F8] each hello carries the round trips to the nodes that are known by then", async () => {
  await using edge = new TestingEdge();
  const known: { rttByNode?: RttByNode } = {};
  using _client = makeSession(edge, () => known.rttByNode);
  assert.equal("rttByNode" in await greet(edge, 0, false), false);
  known.rttByNode = { fra: 12.3 } as RttByNode;
  edge.socket.close(CLOSE.restart.code);
  assert.deepEqual((await greet(edge, 1, false)).rttByNode, known.rttByNode);
});

Deno.test("[V5] the protocol version that every edge understands is passed on when it changes", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  for (const clusterVersion of [PROTOCOL_VERSION - 1, PROTOCOL_VERSION]) {
    edge.send({ type: "cluster", clusterVersion });
  }
  await edge.until(() => client.said.length === 2);
  assert.deepEqual(client.said, [`cluster: ${PROTOCOL_VERSION - 1}`, `cluster: ${PROTOCOL_VERSION}`]);
});

Deno.test("[W5] a waiting participant is notified, reconnects as waiting, and is in with the snapshot that contains them", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  const joined = client.session.join("Ada");
  await greet(edge, 0, false);
  await edge.until(() => edge.received[0]!.length === 2);
  edge.send({ type: "waiting" });
  edge.send({ type: "done", cause: (edge.received[0]![1] as UpOf<"participant.join">).id });
  assert.equal(await joined, null);
  assert.ok(client.session.isWaiting);
  edge.socket.close(CLOSE.restart.code);
  await edge.until(() => (edge.received[1]?.length ?? 0) > 0);
  edge.send(welcome(false, true));
  edge.send(snapshot(5));
  await edge.until(() => client.said.includes("admitted"));
  assert.deepEqual([client.said, client.session.isWaiting], [["waiting", "admitted"], false]);
});

Deno.test("[W7] a participant who is not admitted learns why, and the call ends", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  void client.session.join("Ada");
  await greet(edge, 0, false);
  edge.send({ type: "declined", text: "later" });
  edge.socket.close(CLOSE.declined.code);
  await edge.until(() => client.ends.length > 0);
  assert.deepEqual([client.said, client.ends], [["declined: later"], ["declined"]]);
});

Deno.test("a hello that is refused with a code ends on the page of that code", async () => {
  for (
    const [code, end] of [["room.guestsNotAllowed", "guestsNotAllowed"], [
      "link.expired",
      "linkOver",
    ]] as const
  ) {
    await using edge = new TestingEdge();
    using client = makeSession(edge);
    await edge.until(() => (edge.received[0]?.length ?? 0) > 0);
    edge.send({ type: "refused", cause: null, code });
    edge.socket.close(CLOSE.normal.code);
    await edge.until(() => client.ends.length > 0);
    assert.deepEqual(client.ends, [end]);
  }
});

Deno.test("[W2] a skipped event that this client must not see counts in the log", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  edge.send({ type: "skipped", seq: 6 });
  edge.send(posted(7, "seen"));
  await edge.until(() => client.session.log.state.seq === 7);
  assert.equal(edge.received.length, 1, "no gap, no second connection");
});

Deno.test("after a cut the session resumes after the last event and repeats unanswered commands", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  const first = client.session.ask({ type: "chat.post", text: "one" });
  const second = client.session.ask({ type: "chat.post", text: "two" });
  await edge.until(() => edge.received[0]!.length === 4);
  const [one, two] = edge.received[0]!.slice(2) as UpOf<"chat.post">[];
  edge.send(posted(6, "one", one!.id));
  assert.equal(await first, null);
  edge.socket.close(CLOSE.restart.code);

  const hello = await greet(edge, 1, true);
  assert.equal(hello.since, 6);
  await edge.until(() => edge.received[1]!.length === 2);
  assert.deepEqual(edge.received[1]![1], two);
  edge.send({ type: "done", cause: two!.id });
  assert.equal(await second, null);
});

Deno.test("a gap in the log, like an unreadable frame, is repaired by a new hello", async () => {
  for (const broken of [posted(7, "too far"), "{", { type: "lobby" }, { type: "chat.posted", seq: 6 }]) {
    await using edge = new TestingEdge();
    using client = makeSession(edge);
    await joinAt(edge, client, 5);
    edge.send(broken);
    const hello = await greet(edge, 1, true);
    assert.equal(hello.since, 5);
    edge.send(posted(6, "missing"));
    edge.send({ type: "refused", cause: null, code: "room.busy" });
    const asked = client.session.ask({ type: "hand.raise", raised: true });
    await edge.until(() => edge.received[1]!.length === 2);
    edge.send(posted(7, "too far", (edge.received[1]![1] as UpOf<"hand.raise">).id));
    assert.equal(await asked, null);
    assert.deepEqual(client.session.log.state.chat.map(({ text }) => text), ["missing", "too far"]);
  }
});

Deno.test("tracks that were muted or stopped while a client was disconnected are reported by the next snapshot", async () => {
  await using edge = new TestingEdge();
  using it = makeSession(edge);
  const track = (id: string, muted = false) => ({ id, participantId: you, source: "camera", muted });
  const withTracks = (seq: number, tracks: Record<string, unknown>, who: object = ada) => ({
    type: "snapshot",
    state: { ...stateAt(seq), participants: { [you]: who }, tracks },
  });
  await greet(edge, 0, true);
  edge.send(withTracks(5, { a: track("a"), b: track("b"), c: track("c"), d: track("d", true) }));
  await edge.until(() => it.session.log.since === 5);
  edge.send(withTracks(900, { a: track("a", true), c: { ...track("c"), stopping: "ended" }, d: track("d") }));
  await edge.until(() => it.session.log.since === 900);
  assert.deepEqual(it.said, ["stopped by undefined", "stopped by undefined", "stopped by undefined"]);
  edge.send(withTracks(950, {}, { ...ada, joinedAt: 2 }));
  await edge.until(() => it.session.log.since === 950);
  assert.equal(it.said.length, 3, "who came in anew has no tracks yet");
});

Deno.test("an event that was already folded in has no second effect", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  const asked = client.session.ask({ type: "chat.post", text: "x" });
  await edge.until(() => edge.received[0]!.length === 3);
  const { id } = edge.received[0]![2] as UpOf<"chat.post">;
  edge.send(posted(6, "x"));
  edge.send(posted(6, "x", id));
  assert.equal(await asked, null);
  assert.equal(client.session.log.state.chat.length, 1);
});

Deno.test("a person whom the room has removed as absent enters again, before their later commands are sent", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  edge.socket.close(CLOSE.restart.code);
  await edge.until(() => edge.connections === 2);
  void client.session.ask({ type: "chat.post", text: "still here" });
  await greet(edge, 1, false);
  await edge.until(() => edge.received[1]!.length === 3);
  assert.deepEqual(edge.received[1]!.map(({ type }) => type), ["hello", "participant.join", "chat.post"]);
});

Deno.test("a client that is asked to move resumes on a new connection and keeps the old one until then", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  const old = edge.socket;
  edge.send({ type: "moving", withinMs: 1 });
  await edge.until(() => edge.received[1]?.length === 1);
  old.send(JSON.stringify(posted(6, "through the old one")));
  await edge.until(() => client.session.log.state.seq === 6);
  const asked = client.session.ask({ type: "chat.post", text: "x" });
  const hello = await greet(edge, 1, true);
  assert.equal(hello.since, 5);
  await edge.until(() => edge.received[1]!.length === 2);
  edge.send(posted(6, "through the old one"));
  edge.send(posted(7, "x", (edge.received[1]![1] as UpOf<"chat.post">).id));
  assert.equal(await asked, null);
  assert.deepEqual([edge.received[0]!.length, edge.connections, client.connections], [2, 2, ["live"]]);
});

Deno.test("a refused join leaves the person in the lobby, free to try again", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  const joining = client.session.join("Ada");
  await greet(edge, 0, false);
  await edge.until(() => edge.received[0]!.length === 2);
  const { id } = edge.received[0]![1] as UpOf<"participant.join">;
  edge.send({ type: "refused", cause: id, code: "room.full" });
  assert.deepEqual(await joining, refuse("room.full"));
  assert.deepEqual(client.ends, []);
});

Deno.test("each final close code has its end, and nothing is sent anymore", async () => {
  const ends = [
    [CLOSE.roomUnknown.code, "roomUnknown"],
    [CLOSE.replaced.code, "replaced"],
    [CLOSE.version.code, "outdated"],
    [CLOSE.malformed.code, "fault"],
    [CLOSE.normal.code, "left"],
  ] as const;
  for (const [code, end] of ends) {
    await using edge = new TestingEdge();
    using client = makeSession(edge);
    const asked = client.session.ask({ type: "chat.post", text: "x" });
    await edge.until(() => (edge.received[0]?.length ?? 0) > 0);
    edge.socket.close(code);
    assert.deepEqual(await asked, refuse("participant.notJoined"));
    assert.deepEqual(client.ends, [end]);
    assert.equal(edge.connections, 1);
  }
});

Deno.test("a person who was removed as absent sends the room's password again", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  const joined = client.session.join("Ada", "geheim");
  await greet(edge, 0, false);
  await edge.until(() => edge.received[0]!.length === 2);
  edge.send(snapshot(5));
  assert.equal(await joined, null);
  edge.socket.close(CLOSE.restart.code);
  await greet(edge, 1, false);
  await edge.until(() => edge.received[1]!.length === 2);
  const join = edge.received[1]![1] as UpOf<"participant.join">;
  assert.deepEqual([join.type, join.name, join.password], ["participant.join", "Ada", "geheim"]);
  // It was changed while they slept: they are in the lobby, and have not "left".
  edge.send({ type: "refused", cause: join.id, code: "password.wrong" });
  await edge.until(() => client.said.length > 0);
  assert.deepEqual([client.said, client.ends], [["sent back: password.wrong"], []]);
});

Deno.test("a rejoin that is refused for a temporary reason is retried, and does not end the call", async () => {
  await using edge = new TestingEdge();
  using client = makeSession(edge);
  await joinAt(edge, client, 5);
  edge.socket.close(CLOSE.restart.code);
  await greet(edge, 1, false);
  for (const [at, code] of (["room.busy", "store.unavailable", "address.tooFrequent"] as const).entries()) {
    await edge.until(() => edge.received[1]!.length === 2 + at);
    const join = edge.received[1]!.at(-1) as UpOf<"participant.join">;
    edge.send({ type: "refused", cause: join.id, code, retryAfterMs: 1 });
  }
  await edge.until(() => edge.received[1]!.length === 5);
  assert.deepEqual([client.said, client.ends], [[], []]);
});

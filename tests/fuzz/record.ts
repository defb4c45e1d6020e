/**
 * `deno run -A tests/fuzz/record.ts`: records the messages of real clients, edges and media nodes into
 * tools/fuzz/corpus.json; run `deno fmt` after it.
 */
import { newSpaceId, type RttByNode, type TrackId, type Up, up } from "@tafelrunde/protocol";
import { cascadeNotices, cascadeRequests } from "@tafelrunde/protocol/cascade";
import { mediaNotices, mediaRequests } from "@tafelrunde/protocol/media";
import { makeOffer } from "../../media/src/test_person.ts";
import { seededRandom } from "../cluster_random.ts";
import { startBackbone } from "../cluster_rig.ts";
import { EdgeProcess } from "../edge_process.ts";
import { MediaPerson } from "../media_person.ts";
import { startMediaProcess } from "../media_process.ts";
import { type CommandDraft, createRoom, SignalClient } from "../signal_client.ts";
import { type Corpus, type Recorded, WHOLE, writeCorpus } from "../../tools/fuzz/corpus.ts";
import { type Heard, Tap } from "./tap.ts";

/** Messages kept per type: different shapes first. */
const KEPT = 4;

/** Longest message kept, characters: larger ones differ only in repetitions. */
const LONGEST = 12_000;

const roomId = "aaaa-bbbb-cccc";
const peerId = "a".repeat(26);
const trackId = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** Messages that these clients have no occasion to send. */
const UNHEARD: [part: keyof Corpus, of: string, message: Record<string, unknown>][] = [
  ["request", "peer.release", { id: 1, type: "peer.release", roomId, peerId }],
  ["request", "track.refresh", { id: 1, type: "track.refresh", roomId, peerId, trackId }],
  ["request", "transport.restart", { id: 1, type: "transport.restart", roomId, peerId, direction: "send" }],
  ["request", "peer.check", { id: 1, type: "peer.check", roomId, peerId }],
  ["request", "node.drain", { id: 1, type: "node.drain", deadlineMs: 60_000 }],
  ["notice", "peer.closed", { type: "peer.closed", roomId, peerId, why: "failed" }],
  ["notice", "speakers", { type: "speakers", roomId, speakers: [{ trackId, level: -30 }] }],
  ["notice", "room.interrupted", { type: "room.interrupted", roomId, nodeIds: ["fra"], trackIds: [trackId] }],
  ["cascadeNotice", "room.silent", { type: "room.silent", roomId, trackIds: [trackId] }],
  ["cascadeNotice", "room.speakers", { type: "room.speakers", roomId, speakers: [{ trackId, level: -30 }] }],
  ["cascadeRequest", "pipe.demand", { id: 1, type: "pipe.demand", pipeId: trackId, trackId, layer: 0 }],
  ["cascadeRequest", "pipe.check", { id: 1, type: "pipe.check", pipeId: trackId }],
  ["cascadeAnswer", "pipe.check", { id: 1, ok: { bytesSent: 1_000 } }],
];

const heardOf = new Map<keyof Corpus, Map<string, Map<string, Recorded>>>();

function keep(part: keyof Corpus, of: string, message: Record<string, unknown>): void {
  const text = JSON.stringify(message);
  if (text.length > LONGEST) return;
  const types = heardOf.get(part) ?? new Map<string, Map<string, Recorded>>();
  heardOf.set(part, types);
  const shapes = types.get(of) ?? new Map<string, Recorded>();
  types.set(of, shapes);
  const shape = text.replaceAll(/"(?:[^"\\]|\\.)*"(?!:)|[-0-9.]+/g, "");
  if (shapes.size < KEPT) shapes.set(shape, { of, message });
}

const isOf = (schemas: object, message: Record<string, unknown>) =>
  typeof message["type"] === "string" && Object.hasOwn(schemas, message["type"]);

/** Records one connection to a node: an edge's, or another node's. */
function hearNode(): Heard {
  const asked = new Map<unknown, { part: "answer" | "cascadeAnswer"; of: string }>();
  return (text, from) => {
    const message = JSON.parse(text);
    if (from === "caller") {
      const part = isOf(mediaRequests, message)
        ? "request"
        : isOf(cascadeRequests, message)
        ? "cascadeRequest"
        : undefined;
      if (part === undefined) return;
      asked.set(message.id, { part: part === "request" ? "answer" : "cascadeAnswer", of: message.type });
      keep(part, message.type, message);
    } else if (message.id !== undefined) {
      const question = asked.get(message.id);
      if (question !== undefined) keep(question.part, question.of, message);
    } else if (isOf(cascadeNotices, message) && !isOf(mediaNotices, message)) {
      keep("cascadeNotice", message.type, message);
    } else if (isOf(mediaNotices, message)) keep("notice", message.type, message);
  };
}

await using stack = new AsyncDisposableStack();
const backbone = stack.use(await startBackbone("postgres"));
const nodeTaps: Tap[] = [];
const nodes = ["fra", "ber"];
for (const name of nodes) {
  const tap = stack.use(await Tap.start());
  const node = stack.use(
    await startMediaProcess({
      NODE_ID: name,
      REGION: name,
      JURISDICTION: "de",
      CONTROL_PRIVATE_URL: `ws://${tap.authority}`,
    }),
  );
  tap.lead(node.url, hearNode);
  nodeTaps.push(tap);
}
const MEDIA_NODES = nodeTaps.map(({ authority }) => `ws://${authority}`).join(",");
const edge = stack.use(await EdgeProcess.start({ ...backbone.env, MEDIA_NODES }));
const front = stack.use(await Tap.start());
front.lead(edge.origin.replace("http", "ws"), () => (text, from) => {
  if (from === "caller") keep("client", JSON.parse(text).type, JSON.parse(text));
});
const origin = `http://${front.authority}`;

const device = "R".repeat(22);
const SPACE = newSpaceId();
const room = await createRoom(edge.origin, "Recorded", device);
const random = seededRandom(1);
const near = (node: string) =>
  Object.fromEntries(nodes.map((one) => [one, one === node ? 5 : 60])) as RttByNode;
const owner = await new SignalClient(room, { device }).join(origin, "Olga");
const anna = await MediaPerson.join(room, "Anna", {
  origins: () => [origin],
  random,
  rttByNode: near("fra"),
});
const ben = await MediaPerson.join(room, "Ben", { origins: () => [origin], random, rttByNode: near("ber") });
for (const person of [anna, ben]) {
  for (const source of ["microphone", "camera", "screen", "screenAudio"] as const) person.publish(source);
  await person.settled();
}
const trackOf = (person: MediaPerson, source: string) =>
  [...person.tracks].find(([, track]) => track.source === source)![0] as TrackId;
anna.show(new Map([...ben.tracks.keys()].map((id) => [id, 360])));
ben.show(new Map([...anna.tracks.keys()].map((id) => [id, 720])));
await Promise.all([anna.settled(), ben.settled()]);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(3_000);
anna.mute(trackOf(anna, "microphone"), true);
ben.mute(trackOf(ben, "camera"), true);
anna.mute(trackOf(anna, "microphone"), false);
await Promise.all([anna.settled(), ben.settled()]);
const say = (message: Record<string, unknown>) => anna.client.send(message as unknown as Up);
say({ type: "ping", n: 1 });
say({ type: "rtt.measured", rttByNode: near("ber") });
say({ type: "track.refresh", trackId: trackOf(ben, "camera") });
say({ type: "transport.restart", direction: "send" });
say({ type: "transport.restart", direction: "recv" });
say({ type: "peer.check" });
say({ type: "peer.settled", nodeId: "fra" });
say({ type: "chat.before", id: crypto.randomUUID(), before: 20 });
say({ type: "reaction.send", reaction: "heart" });
anna.show(new Map([...ben.tracks.keys()].map((id) => [id, 90])));
await anna.settled();
await pause(1_500);
say({ type: "peer.open", offer: makeOffer() });
await pause(1_500);
const late = new SignalClient(room);
await late.enter(origin, {
  peer: makeOffer() as never,
  rttByNode: near("fra"),
  join: { id: crypto.randomUUID() as never, name: "Late" },
});
await late.close();
const asks: Record<string, unknown>[] = [
  { type: "hand.raise", raised: true },
  { type: "hand.lower", participantId: anna.client.you },
  { type: "hand.lower", participantId: null },
  { type: "chat.post", text: "Grüße aus Köln: https://example.org/a_(b)" },
  { type: "chat.delete", messageSeq: 3 },
  { type: "participant.rename", participantId: owner.you, name: "Olga B." },
  { type: "role.set", participantId: anna.client.you, role: "presenter" },
  { type: "space.open", spaces: [{ spaceId: SPACE, name: { text: "Gruppe 1" }, isFree: true }] },
  { type: "space.move", participantIds: [anna.client.you, ben.client.you], spaceId: SPACE },
  { type: "room.change", name: "Renamed", settings: { waitingRoom: "everyone", chat: "members" } },
  { type: "space.close", spaceIds: [SPACE] },
  { type: "track.muteAll" },
  { type: "track.stop", trackId: trackOf(ben, "screen") },
  { type: "participant.remove", participantId: anna.client.you, ban: false },
  { type: "waiting.admit", participantId: null },
  { type: "waiting.decline", participantId: anna.client.you, text: "tomorrow" },
];
await ben.client.ask({ type: "space.move", participantIds: [ben.client.you!], spaceId: null });
for (const participantIds of [[owner.you!], null]) {
  await ben.client.ask({ type: "track.address", trackId: trackOf(ben, "microphone"), participantIds });
}
for (const ask of asks) await owner.ask(ask as unknown as CommandDraft);
ben.unpublish(trackOf(ben, "camera"));
await ben.settled();
await ben.leave();
const again = new SignalClient(room, { device, tab: owner.tab });
again.state = owner.state;
await again.enter(origin, {
  peer: "keep",
  onNode: "fra" as never,
  onPath: crypto.randomUUID() as never,
});
await again.ask({ type: "room.end" } as CommandDraft);
await pause(2_500);

for (const [part, of, message] of UNHEARD) keep(part, of, message);
const corpus = Object.fromEntries(
  (["client", "request", "answer", "notice", "cascadeRequest", "cascadeAnswer", "cascadeNotice"] as const)
    .map(
      (part) => [part, [...heardOf.get(part)?.values() ?? []].flatMap((shapes) => [...shapes.values()])],
    ),
) as unknown as Corpus;
await writeCorpus(corpus);
for (const [part, types] of Object.entries(WHOLE)) {
  const lacking = types.filter((type) => !heardOf.get(part as keyof Corpus)?.has(type));
  console.log(
    part,
    corpus[part as keyof Corpus].length,
    lacking.length === 0 ? "whole" : `lacks ${lacking.join(", ")}`,
  );
}
console.log(Object.keys(up).length, "types of clients");
Deno.exit(0);

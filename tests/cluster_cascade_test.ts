import assert from "node:assert/strict";
import { type RttByNode, TRACK_SOURCES, type TrackId } from "@tafelrunde/protocol";
import { readPlaces } from "../edge/store/placement.ts";
import { until } from "./browser_rig.ts";
import { type Random, seededRandom } from "./cluster_random.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { MediaPerson } from "./media_person.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { metricOn } from "./metrics_page.ts";
import { createRoom } from "./signal_client.ts";

/** ROUNDS: number of rounds of 200 steps (`deno task test:cascade`: 20). SEED: the sequence. */
const ROUNDS = Number(Deno.env.get("ROUNDS") ?? 1);
const SEED = Number(Deno.env.get("SEED") ?? 1);
const STEPS = 200;

const NODES = ["fra", "ber", "muc"] as const;
const EDGES = 2;
const MOST_PEOPLE = 8;

/** Concurrent steps. */
const AT_ONCE = 4;

/** One in this many attempts to kill an edge or a node succeeds. */
const KILLS_OF_TRIES = 5;

/** Round trips that place a participant on one of the nodes, ms. */
const NEAR = 5;
const FAR = 40;

/** Growth of a process that is not a leak, bytes: what V8 and mediasoup keep from their peak load. */
const SLACK_BYTES = 64 * 1024 * 1024;

/** Longest wait until nothing is left over, ms: vanished participants and killed edges are kept for 20 s. */
const SETTLED_WITHIN_MS = 90_000;

const KINDS = ["router", "transport", "pipe", "producer", "consumer"] as const;
type Held = Record<(typeof KINDS)[number], number>;

/** What mediasoup holds on a node. */
async function heldBy(node: MediaProcess): Promise<Held | undefined> {
  const page = await node.metrics();
  if (page === undefined) return undefined;
  return Object.fromEntries(
    KINDS.map((kind) => [kind, metricOn(page, `tafelrunde_media_open{kind="${kind}"}`)]),
  ) as Held;
}

/** What a node must hold, by the rules alone. */
function expectedOn(nodeId: string, people: Iterable<MediaPerson>): Held {
  const everyone = [...people];
  const ownerOf = (trackId: TrackId) => everyone.find(({ tracks }) => tracks.has(trackId));
  const viewed = (person: MediaPerson) =>
    [...person.view.keys()].filter((trackId) => ![undefined, person].includes(ownerOf(trackId)));
  const here = everyone.filter((person) => person.nodeId === nodeId);
  /** Tracks of one node that are viewed on another. */
  const between = (from: string, to: string) =>
    new Set(
      everyone.filter((person) => person.nodeId === to).flatMap(viewed).filter((trackId) =>
        ownerOf(trackId)!.nodeId === from
      ),
    ).size;
  const held: Held = {
    router: Number(here.length > 0),
    transport: 2 * here.length,
    pipe: 0,
    producer: here.reduce((sum, { tracks }) => sum + tracks.size, 0),
    consumer: here.reduce((sum, person) => sum + viewed(person).length, 0),
  };
  for (const other of NODES) {
    if (other === nodeId) continue;
    const [comes, goes] = [between(other, nodeId), between(nodeId, other)];
    held.pipe += Number(comes > 0) + Number(goes > 0);
    held.producer += comes;
    held.consumer += goes;
  }
  return held;
}

Deno.test(`[K3] [K4] [F9] nothing is left over anywhere after any order of steps, including kills of edges and nodes (seed ${SEED})`, async () => {
  await using stack = new AsyncDisposableStack();
  const random: Random = seededRandom(SEED);
  const backbone = stack.use(await startBackbone("postgres"));
  const nodes = new Map<string, MediaProcess>();
  for (const name of NODES) {
    nodes.set(name, stack.use(await startMediaProcess({ NODE_ID: name, REGION: name, JURISDICTION: "de" })));
  }
  const MEDIA_NODES = [...nodes.values()].map(({ url }) => url).join(",");
  const edges: EdgeProcess[] = [];
  for (let n = 0; n < EDGES; n++) {
    edges.push(stack.use(await EdgeProcess.start({ ...backbone.env, MEDIA_NODES })));
  }
  const room = await createRoom(edges[0]!.origin);
  const people = new Set<MediaPerson>();
  stack.defer(async () => {
    await Promise.all([...people].map((person) => person.vanish()));
  });
  const tally = { entered: 0, left: 0, cut: 0, vanished: 0, edgesKilled: 0, nodesKilled: 0 };
  let restarting: Promise<void> = Promise.resolve();
  let hasVanished = false;
  const anybody = () => people.size > 0 ? random.pick([...people]) : undefined;

  const enter = async () => {
    if (people.size >= MOST_PEOPLE) return;
    const near = random.pick(NODES);
    const rttByNode = Object.fromEntries(
      NODES.map((node) => [node, node === near ? NEAR : FAR]),
    ) as RttByNode;
    const origins = () => edges.map(({ origin }) => origin);
    people.add(await MediaPerson.join(room, `Person ${++tally.entered}`, { origins, random, rttByNode }));
  };
  const publish = (person = anybody()) => {
    const used = [...person?.tracks.values() ?? []].map(({ source }) => source);
    const free = TRACK_SOURCES.filter((source) => !used.includes(source));
    if (free.length > 0) person?.publish(random.pick(free));
    return person?.settled();
  };
  const withTrack = (act: (person: MediaPerson, trackId: TrackId) => void) => () => {
    const person = anybody();
    if (person === undefined || person.tracks.size === 0) return;
    act(person, random.pick([...person.tracks.keys()]));
    return person.settled();
  };
  const mute = withTrack((person, trackId) => person.mute(trackId, random.below(2) === 0));
  const unpublish = withTrack((person, trackId) => person.unpublish(trackId));
  const look = () => {
    const all = [...people].flatMap(({ tracks }) => [...tracks.keys()]);
    const person = anybody();
    person?.show(new Map(all.filter(() => random.below(2) === 0).map((id) => [id, random.below(3) * 360])));
    return person?.settled();
  };
  const leave = async () => {
    const person = people.size > 2 ? anybody() : undefined;
    if (person === undefined) return;
    tally.left++;
    people.delete(person);
    await person.leave();
  };
  const cut = () => {
    tally.cut++;
    anybody()?.cut();
  };
  /** Once a round: it takes 20 s until they are no longer waited for. */
  const vanish = async () => {
    const person = people.size > 2 && !hasVanished ? anybody() : undefined;
    if (person === undefined) return;
    hasVanished = true;
    tally.vanished++;
    people.delete(person);
    await person.vanish();
  };
  const killEdge = async () => {
    if (random.below(KILLS_OF_TRIES) > 0) return;
    await restarting;
    tally.edgesKilled++;
    const edge = random.pick(edges);
    await edge.kill();
    restarting = edge.startAgain();
    restarting.catch(() => {});
  };
  const killNode = async () => {
    if (random.below(KILLS_OF_TRIES) > 0) return;
    const node = nodes.get(random.pick(NODES))!;
    // A restarting node is left alone until it is up.
    if ((await Promise.all([...nodes.values()].map(heldBy))).includes(undefined)) return;
    tally.nodesKilled++;
    node.kill();
  };
  const steps = [
    ...[enter, enter, publish, publish, publish, look, look, look],
    ...[mute, mute, unpublish, leave, cut, vanish, killEdge, killNode],
  ];

  const settle = async () => {
    await restarting;
    await Promise.all([...people].map((person) => person.settled()));
    for (const [nodeId, node] of nodes) {
      let last: Held | undefined;
      await until(
        async () => {
          last = await heldBy(node);
          return JSON.stringify(last) === JSON.stringify(expectedOn(nodeId, people));
        },
        () =>
          `${nodeId} holds ${JSON.stringify(last)} instead of ${
            JSON.stringify(expectedOn(nodeId, people))
          }; ` +
          [...people].map((person) => `${person.name}: ${person.nodeId}`).join(", "),
        SETTLED_WITHIN_MS,
      );
    }
  };
  /** Memory of each process, bytes, keyed by its run. */
  const memory = async () => {
    const sizes = new Map<string, number>();
    for (const [nodeId, node] of nodes) {
      const startedAt = await node.metric("process_start_time_seconds");
      sizes.set(`${nodeId} ${startedAt}`, await node.metric("process_resident_memory_bytes") ?? 0);
    }
    return sizes;
  };

  let before: Map<string, number> | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    hasVanished = false;
    const underWay: (Promise<void> | void)[] = [];
    for (let step = 0; step < STEPS; step++) {
      if (underWay.length >= AT_ONCE) await underWay.shift();
      // A late disappearance would delay the end.
      const act = random.pick(steps);
      if (act === vanish && step > STEPS / 4) continue;
      underWay.push(act());
    }
    await Promise.all(underWay);
    await settle();
    before ??= await memory();
  }
  console.log(JSON.stringify(tally));
  for (const [run, bytes] of await memory()) {
    assert.ok(bytes < (before?.get(run) ?? bytes) + SLACK_BYTES, `${run} has grown`);
  }

  await Promise.all([...people].map((person) => person.leave()));
  people.clear();
  await settle();
  await until(
    async () => (await readPlaces(backbone.store.db, [room.room])).get(room.room)?.nodes.size === 0,
    () => "the room is still placed somewhere",
  );
});

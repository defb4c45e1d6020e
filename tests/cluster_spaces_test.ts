import assert from "node:assert/strict";
import { newSpaceId, type RttByNode, type SpaceId, spaceOf } from "@tafelrunde/protocol";
import { readState } from "../edge/store/room_log.ts";
import { until } from "./browser_rig.ts";
import { seededRandom } from "./cluster_random.ts";
import { startBackbone } from "./cluster_rig.ts";
import { ControlProxy } from "./control_proxy.ts";
import { EdgeProcess } from "./edge_process.ts";
import { MediaPerson } from "./media_person.ts";
import { startMediaProcess } from "./media_process.ts";
import { RoamingClient } from "./roaming_client.ts";
import { createRoom } from "./signal_client.ts";

const OWNER = "O".repeat(22);

/** People who are moved. */
const PEOPLE = 100;

/**
 * How long after the command the edge is killed, ms: before, while and after it is stored and carried out.
 */
const KILLED_AFTER_MS = [0, 4, 12, 40];

Deno.test("[G1] [F13] an edge killed while it moves 100 people: everyone ends in one space, the same for log, clients and node", async () => {
  await using backbone = await startBackbone("postgres");
  await using node = await startMediaProcess({ WORKER_CONSUMERS: "20000" });
  await using proxy = await ControlProxy.start(node.url);
  const env = { DATABASE_URL: backbone.databaseUrl, MEDIA_NODES: proxy.url };
  await using first = await EdgeProcess.start(env);
  await using second = await EdgeProcess.start(env);
  const edges = [first, second];
  const random = seededRandom(1);
  const origins = () => edges.filter(({ isRunning }) => isRunning).map(({ origin }) => origin);
  const room = await createRoom(first.origin, "Workshop", OWNER);
  await using olga = await RoamingClient.join(room, "Olga", { origins, random, device: OWNER });
  await using stack = new AsyncDisposableStack();
  const people: MediaPerson[] = [];
  for (let n = 0; n < PEOPLE; n++) {
    const person = await MediaPerson.join(room, `Person ${n}`, {
      origins,
      random,
      rttByNode: {} as RttByNode,
    });
    people.push(stack.use(person));
    // All of them would be as many consumers as the node has.
    if (n % 10 === 0) person.publish("microphone");
  }
  const spaces: SpaceId[] = [newSpaceId(), newSpaceId()];
  await olga.ask({
    type: "space.open",
    spaces: spaces.map((spaceId) => ({ spaceId, name: { text: "Group" }, isFree: false })),
  });
  const ids = people.map(({ client }) => client.you!);
  /** The spaces of all people, as `client` knows them. */
  const placesOf = (participants: Parameters<typeof spaceOf>[0]) =>
    ids.map((id) => spaceOf(participants, id));
  const log = async () => (await readState(backbone.store.db, room.room))!;

  for (const [round, afterMs] of KILLED_AFTER_MS.entries()) {
    const target = [...spaces, null][round % 3]!;
    const victim = edges[round % 2]!;
    const moving = olga.ask({ type: "space.move", participantIds: ids, spaceId: target });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await victim.kill();
    const answer = await moving;
    assert.ok(answer.type === "space.moved" || answer.type === "done", JSON.stringify(answer));
    const state = await log();
    assert.deepEqual(new Set(placesOf(state.participants)), new Set([target]), `round ${round}: the log`);
    for (const { client } of people) {
      await client.until(() => placesOf(client.state.participants).every((space) => space === target));
    }
    await victim.startAgain();
  }

  const state = await log();
  let last: string[] = ids;
  await until(async () => {
    const peers = await proxy.report();
    last = ids.filter((id) => (peers.get(id)?.space ?? null) !== spaceOf(state.participants, id));
    return last.length === 0 && peers.size >= PEOPLE;
  }, () => `the node differs for ${last.length}`);
});

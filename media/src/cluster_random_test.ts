import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Held } from "./room_router.ts";
import { seeded } from "./test_changes.ts";
import { startSite, TestRoom, type TestSite } from "./test_cluster.ts";
import { untilAsync } from "./test_edge.ts";
import { newRoomId, type TestPerson } from "./test_person.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Steps of the scenario; RANDOM_STEPS overrides. */
const STEPS = Number(process.env["RANDOM_STEPS"] ?? 200);

/** Seed of the scenario. */
const SEED = Number(process.env["SEED"] ?? 1);

/** Most participants, nodes, and tracks per participant. */
const PEOPLE = 8;
const SITES = ["fra", "ber", "muc"] as const;
const TRACKS = 3;

/**
 * Growth of the process's own memory that is not a leak, bytes: mediasoup's and V8's caches grow with the
 * peak load.
 */
const SLACK_BYTES = 24 * 1024 * 1024;

/** A participant of the scenario so far. */
interface Someone {
  readonly person: TestPerson;
  readonly site: TestSite;
  readonly tracks: Set<string>;
  view: Map<string, number>;
}

const below = seeded(SEED);

const pick = <T>(from: Iterable<T>): T | undefined => {
  const all = [...from];
  return all[below(Math.max(1, all.length))];
};

test(`[K3] [K4] no node has leftovers after any order of steps, including kills (seed ${SEED})`, async () => {
  const sites = new Map<string, TestSite>();
  const room = new TestRoom(newRoomId());
  const people = new Set<Someone>();
  const put = () => room.put(...new Set([...people].map(({ site }) => site)));
  const siteNamed = async (name: string) => {
    const site = sites.get(name) ?? await startSite(name);
    sites.set(name, site);
    return site;
  };
  const enter = async () => {
    if (people.size >= PEOPLE) return;
    const site = await siteNamed(pick(SITES)!);
    const person = await room.enter(site);
    people.add({ person, site, tracks: new Set(), view: new Map() });
    await Promise.all([person.show(), put()]);
  };
  const leave = async () => {
    const someone = people.size > 1 ? pick(people) : undefined;
    if (someone === undefined) return;
    people.delete(someone);
    await someone.site.edge.must("peer.close", someone.person.ids);
    await put();
  };
  const publish = async () => {
    const someone = pick(people);
    if (someone === undefined || someone.tracks.size >= TRACKS) return;
    const trackId = randomUUID();
    someone.tracks.add(trackId);
    await someone.person.publish(pick(["microphone", "camera", "screen"] as const)!, { trackId });
  };
  const unpublish = async () => {
    const someone = pick(people);
    const trackId = pick(someone?.tracks ?? []);
    if (someone === undefined || trackId === undefined) return;
    someone.tracks.delete(trackId);
    await someone.site.edge.must("track.close", { ...someone.person.ids, trackId });
  };
  const mute = async () => {
    const someone = pick(people);
    const trackId = pick(someone?.tracks ?? []);
    if (someone === undefined || trackId === undefined) return;
    await someone.site.edge.must("track.mute", { ...someone.person.ids, trackId, muted: below(2) === 0 });
  };
  const view = async () => {
    const someone = pick(people);
    if (someone === undefined) return;
    const all = [...people].flatMap(({ tracks }) => [...tracks]);
    someone.view = new Map(all.filter(() => below(2) === 0).map((id) => [id, below(3) * 360]));
    await someone.person.show(...someone.view);
  };
  const kill = async () => {
    const name = below(6) === 0 ? pick(sites.keys()) : undefined;
    if (name === undefined || people.size < 3) return;
    const site = sites.get(name)!;
    sites.delete(name);
    for (const someone of [...people]) if (someone.site === site) people.delete(someone);
    await site[Symbol.asyncDispose]();
    await put();
  };
  const steps = [enter, enter, publish, publish, view, view, view, mute, unpublish, leave, kill];

  /** What each node must hold, by the rules alone. */
  const expected = (site: TestSite): Held => {
    const here = [...people].filter((someone) => someone.site === site);
    const ownerOf = (trackId: string) => [...people].find(({ tracks }) => tracks.has(trackId));
    const wantedAt = (place: TestSite) =>
      new Map(
        [...people].filter((someone) => someone.site === place).flatMap((someone) =>
          [...someone.view.keys()].flatMap((trackId) => {
            const owner = ownerOf(trackId);
            return owner === undefined || owner === someone ? [] : [[trackId, owner] as const];
          })
        ),
      );
    let transports = 2 * here.length;
    let producers = here.reduce((sum, { tracks }) => sum + tracks.size, 0);
    let consumers = here.reduce(
      (sum, someone) =>
        sum + [...someone.view.keys()].filter((id) => ![undefined, someone].includes(ownerOf(id))).length,
      0,
    );
    for (const other of new Set([...people].map(({ site }) => site))) {
      if (other === site) continue;
      const comes = [...wantedAt(site).values()].filter((owner) => owner.site === other).length;
      const goes = here.length === 0
        ? 0
        : [...wantedAt(other).values()].filter((owner) => owner.site === site).length;
      transports += Number(comes > 0) + Number(goes > 0);
      producers += comes;
      consumers += goes;
    }
    return { transports, producers, consumers };
  };
  const settled = async () => {
    for (const site of sites.values()) {
      let last: unknown;
      const model = expected(site);
      await untilAsync(
        () => `${site.address.nodeId}: ${JSON.stringify(model)} instead of ${JSON.stringify(last)}`,
        async () => {
          const open = site.running.node.rooms.get(room.id);
          last = await open?.count() ?? { transports: 0, producers: 0, consumers: 0 };
          return JSON.stringify(last) === JSON.stringify(model);
        },
      );
    }
  };

  let heapAfterFirst = 0;
  for (let round = 0; round < 4; round++) {
    for (let count = 0; count < STEPS / 4; count++) await pick(steps)!();
    await settled();
    collectGarbage();
    if (round === 0) heapAfterFirst = process.memoryUsage().heapUsed;
  }
  assert.ok(process.memoryUsage().heapUsed < heapAfterFirst + SLACK_BYTES, "memory is flat");

  for (const { person, site } of people) await site.edge.must("peer.close", person.ids);
  people.clear();
  await settled();
  for (const { running } of sites.values()) {
    assert.equal(running.node.rooms.size, 0);
    assert.deepEqual(
      new Set(Object.values(running.resourceCounts.open)),
      new Set([0]),
      "nothing that nobody knows",
    );
    const [worker] = running.pool.workers;
    assert.deepEqual([worker?.peers, worker?.consumers], [0, 0]);
  }
  for (const site of sites.values()) await site[Symbol.asyncDispose]();
});

import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { seededRandom } from "./cluster_random.ts";
import { ControlProxy } from "./control_proxy.ts";
import { startTestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { makeSteps, shrink, type Step, tellStep } from "./presence/step.ts";
import { differenceNow } from "./presence/truth.ts";
import { type Ground, World } from "./presence/world.ts";

/**
 * Sequences on each kind of store, over edges of both entry points; SEQUENCES overrides. PGlite shares the
 * test's own thread.
 */
const SEQUENCES = { postgres: 1_700, pglite: 300 };
/** Shortest and longest sequence, steps. */
const SHORTEST = 6;
const LONGEST = 14;
/** Concurrent sequences. */
const ABREAST = 8;
/**
 * How long to wait until all states agree, ms; far more than two checks of the nodes, which run every 2 s, on
 * a busy machine.
 */
const PATIENCE_MS = Number(Deno.env.get("PATIENCE_MS") ?? 40_000);
/** Pause between two comparisons, ms: each reads the log and queries the node. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 80;

testOnStores("[P8] in whatever order things happen, no one is served who is not in the log", async (
  { store, again },
) => {
  await using node = await startMediaProcess();
  await using proxy = await ControlProxy.start(node.url);
  await using bus = makeLocalBus();
  const options = { bus, mediaNodes: [proxy.url], env: { TRUSTED_PROXIES: "1" } };
  await using server = await startTestEdge({ ...options, store, serving: "server" });
  await using platform = await startTestEdge({ ...options, store: await again(), serving: "function" });
  const ground: Ground = { store, proxy, origins: [server.origin, platform.origin] };
  const sequences = Number(Deno.env.get("SEQUENCES") ?? SEQUENCES[store.kind]);
  const seed = Number(Deno.env.get("SEED") ?? 1);
  let next = 0;
  let failed: { readonly steps: readonly Step[]; readonly why: string; readonly seed: number } | undefined;
  const work = async () => {
    while (next < sequences && failed === undefined) {
      const own = seed * 1_000_000 + next++;
      const random = seededRandom(own);
      const steps = makeSteps(random, SHORTEST + random.below(LONGEST - SHORTEST + 1));
      const why = await differenceAfter(ground, steps);
      if (why !== undefined) failed ??= { steps, why, seed: own };
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  if (failed !== undefined) {
    const told = failed.steps.map(tellStep).join(", ");
    console.error(
      `seed ${failed.seed} fails: ${failed.why}; of ${told}; looking for the shortest part that does`,
    );
    const shortest = await shrink(
      failed.steps,
      async (steps) => await differenceAfter(ground, steps) !== undefined,
    );
    const why = await differenceAfter(ground, shortest);
    throw new Error(
      `seed ${failed.seed}: ${why ?? failed.why}\n${
        shortest.map((step) => `  ${tellStep(step)}`).join("\n")
      }`,
    );
  }
  for (const edge of [server, platform]) {
    const unseen = await edge.count("tafelrunde_edge_unseen_peers_total");
    const faults = edge.logged.filter((line) => line.includes('"level":"error"'));
    if (unseen > 0 || faults.length > 0) {
      throw new Error(`${unseen} unseen; ${faults.slice(0, 3).join("\n")}`);
    }
  }
  if (await node.metric("tafelrunde_media_unseen_peers_total") !== 0) throw new Error("unseen on the node");
});

/**
 * Runs a sequence in its own room. Returns what did not agree after one of its steps, or failed; undefined:
 * all is well.
 */
async function differenceAfter(ground: Ground, steps: readonly Step[]): Promise<string | undefined> {
  const world = await World.make(ground);
  try {
    for (const step of steps) {
      try {
        await world.take(step);
        await agreed(world);
      } catch (error) {
        return `after ${tellStep(step)}: ${error instanceof Error ? error.message : error}`;
      }
    }
    return undefined;
  } finally {
    world.leave();
  }
}

/** Resolves when everyone's state matches the log; rejects with what they have instead. */
async function agreed(world: World): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  // What does not agree soon agrees after the next check of the nodes.
  for (let pauseMs = SHORTEST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const difference = await differenceNow(world);
    if (difference === undefined) return;
    if (performance.now() > deadline) throw new Error(difference);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

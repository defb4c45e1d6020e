import assert from "node:assert/strict";
import { Host } from "../bench/cascade/host.ts";
import { networkTools, startNetlab } from "../bench/netlab/netlab.ts";
import { ANYWHERE, type NodeAddress } from "@tafelrunde/protocol/media";

const isPossible = Deno.build.os === "linux" && await networkTools.check(() => {}) === undefined;

const HOSTS = { fra: "10.81.0.1", ber: "10.81.0.2" };

/** Longest wait for a cut to be noticed, or to heal, ms. */
const PATIENCE_MS = 40_000;

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < deadline, `waited in vain for ${what}`);
  }
}

Deno.test({
  name: "[K8] a cut between two nodes only is reported at both, and heals by itself",
  ignore: !isPossible,
  async fn() {
    await using net = await startNetlab(HOSTS);
    await net.link("fra", "ber", { delayMs: 5 });
    await using fra = await Host.start(net, "product", "fra", HOSTS.fra);
    await using ber = await Host.start(net, "product", "ber", HOSTS.ber);
    const roomId = "aaaa-bbbb-cccc";
    const nodes = [fra.greeting, ber.greeting] as NodeAddress[];
    const room = { roomId, placement: { version: 1, nodes, residency: ANYWHERE } };
    const trackIds = await fra.ask<string[]>({ do: "publish", ...room, tracks: 1 });
    await ber.ask({ do: "watch", ...room, trackIds, people: 1 });
    await ber.ask({ do: "sink", roomId, trackIds });
    const arrives = async () => {
      await fra.ask({ do: "send", seconds: 0.2, packetsPerSecond: 100 });
      return (await ber.ask<unknown[][]>({ do: "arrivals" })).some((arrivals) => arrivals.length > 0);
    };
    const interrupted = async (host: Host) => await host.ask<string[]>({ do: "interrupted" });
    await until("packets", arrives);

    await net.cut("fra", "ber");
    await until("the cut at one node", async () => {
      await arrives();
      return (await interrupted(ber)).includes("fra");
    });
    await until("the cut at the other", async () => (await interrupted(fra)).includes("ber"));

    await net.heal("fra", "ber");
    for (const host of [fra, ber]) {
      await until("the healing", async () => {
        await arrives();
        return (await interrupted(host)).length === 0;
      });
    }
    await ber.ask({ do: "sink", roomId, trackIds });
    await until("packets again", arrives);
  },
});

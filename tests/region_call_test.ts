import assert from "node:assert/strict";
import { startCluster } from "../bench/failover/cluster.ts";
import { networkTools, startNetlab, writeLauncher } from "../bench/netlab/netlab.ts";
import { ROOT } from "../tools/places.ts";
import { findChromium } from "../tools/setup/for_tests.ts";
import { type Person, TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES, PICTURE_SIZE, type PictureSize } from "./media_rig.ts";

/** An edge, three nodes, and a participant near each. */
const HOSTS = {
  core: "10.79.0.1",
  fra: "10.79.1.1",
  ber: "10.79.2.1",
  muc: "10.79.3.1",
  anna: "10.79.4.1",
  ben: "10.79.5.1",
  cem: "10.79.6.1",
};
type Host = keyof typeof HOSTS;
const NODES = ["fra", "ber", "muc"] as const;
type NodeName = (typeof NODES)[number];

/** The node that each participant is near to, and the names of the regions. */
const NEAREST = { anna: "fra", ben: "ber", cem: "muc" } as const satisfies Record<string, NodeName>;

/** One-way delay, ms. */
const NEAR_MS = 2;
const FAR_MS = 15;

/** How long a stopped node stays away, ms: longer than it takes to find another. */
const AWAY_MS = 4_000;

/** Windows whose tiles want the smallest and the largest of a camera's layers, CSS pixels. */
const SMALL = { width: 480, height: 360 };
const LARGE = { width: 2400, height: 1500 };

/**
 * Size of a camera for which Chromium makes three layers. Source: libwebrtc, kSimulcastFormats: from 960 ×
 * 540.
 */
const FULL_SIZE = { width: 1280, height: 720 };
const [small, middle, large] = [320, 640, 1280];

/** Width of the others' pictures. */
const SMALL_CAMERA = PICTURE_SIZE.width;

const isPossible = Deno.build.os === "linux" && await networkTools.check(() => {}) === undefined;

Deno.test({
  name: "three people in three regions",
  ignore: !isPossible,
  async fn(t) {
    const step = async (name: string, act: () => Promise<void>) => {
      if (!await t.step(name, act)) throw new Error("what comes next would make no sense");
    };
    await using stack = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "tafelrunde-regions-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const net = stack.use(await startNetlab(HOSTS));
    for (const [person, nearest] of Object.entries(NEAREST) as [keyof typeof NEAREST, NodeName][]) {
      for (const node of NODES) {
        await net.link(person, node, { delayMs: node === nearest ? NEAR_MS : FAR_MS });
      }
    }
    const cluster = stack.use(
      await startCluster(net, HOSTS, { core: "core", nodes: NODES, folder, awayMs: AWAY_MS }),
    );
    const launch = async (
      host: Host,
      name: keyof typeof LIKENESSES,
      size?: PictureSize,
    ): Promise<Person> => {
      const executablePath = `${folder}/chromium-${host}`;
      await writeLauncher(net, host, await findChromium() ?? "chromium", { path: executablePath, cwd: ROOT });
      const browser = stack.use(
        await TestBrowser.launch({ likeness: LIKENESSES[name], ...size && { size } }, {
          executablePath,
          origin: cluster.origin,
        }),
      );
      return stack.use(await browser.newPerson(name));
    };
    const [anna, ben, cem] = await Promise.all([
      launch("anna", "Anna", FULL_SIZE),
      launch("ben", "Ben"),
      launch("cem", "Cem"),
    ]);
    const everyone = [anna, ben, cem];
    const likenessOf = ({ name }: Person) => LIKENESSES[name as keyof typeof LIKENESSES];
    const seeEachOther = () =>
      Promise.all(everyone.map(async (person) => {
        for (const other of everyone) {
          if (other === person) continue;
          await person.sees(other.name, likenessOf(other).colour);
          await person.hears(likenessOf(other));
        }
      }));

    await step("[F4] each is on the nearest node, and the lobby says so", async () => {
      const link = await anna.createMeeting(cluster.origin);
      await Promise.all([ben.page.goto(link), cem.page.goto(link)]);
      await anna.page.getByText(/^Fra, \d+ ms$/).waitFor();
      await ben.page.getByText(/^Ber, \d+ ms$/).waitFor();
      await cem.page.getByText(/^Muc, \d+ ms$/).waitFor();
      await Promise.all(everyone.map((person) => person.join()));
    });

    await step("[K3] they see and hear each other across three nodes", async () => {
      await Promise.all(everyone.map((person) => person.listen()));
      await seeEachOther();
    });

    await step("[K6] layers follow the size of the tile across the pipe", async () => {
      await Promise.all(everyone.map(({ page }) => page.setViewportSize(SMALL)));
      await anna.sendsWidths([small]);
      await Promise.all([ben, cem].map((person) => person.seesWidth("Anna", small)));
      await cem.page.setViewportSize(LARGE);
      await anna.sendsWidths([small, middle, large]);
      await cem.seesWidth("Anna", large);
      await cem.seesWidth("Ben", SMALL_CAMERA);
      await ben.seesWidth("Anna", small);
      await cem.page.setViewportSize(SMALL);
      await anna.sendsWidths([small]);
      await cem.seesWidth("Anna", small);
    });

    await step("[K4] a leaving viewer closes the pipes to their node, and no others", async () => {
      const pipes = (node: NodeName, count: number) => {
        let last: number | undefined;
        return until(
          async () => (last = await cluster.pipesOf(node)) === count,
          () => `${node} has ${last} ends of pipes instead of ${count}`,
        );
      };
      // Each node sends to two and receives from two.
      await Promise.all(NODES.map((node) => pipes(node, 4)));
      await cem.press("Leave meeting");
      await Promise.all([pipes("fra", 2), pipes("ber", 2), pipes("muc", 0)]);
      await cem.page.reload();
      await cem.join();
      await Promise.all(NODES.map((node) => pipes(node, 4)));
      await cem.listen();
      await seeEachOther();
    });

    await step(
      "[K8] a cut between two nodes: participants stay, and tiles show what is interrupted",
      async () => {
        const cut = (person: Person, name: string) =>
          person.tile(name).getByText("Connection between regions interrupted");
        await net.cut("fra", "muc");
        await Promise.all([cut(anna, "Cem").waitFor(), cut(cem, "Anna").waitFor()]);
        for (const [person, name] of [[anna, "Ben"], [ben, "Anna"], [ben, "Cem"], [cem, "Ben"]] as const) {
          await person.sees(name, LIKENESSES[name].colour);
          assert.equal(await cut(person, name).count(), 0, `${person.name} sees ${name}`);
        }
        await net.heal("fra", "muc");
        await Promise.all([
          cut(anna, "Cem").waitFor({ state: "detached" }),
          cut(cem, "Anna").waitFor({ state: "detached" }),
        ]);
        await seeEachOther();
      },
    );

    await step("[F9] a killed node: its participant is back elsewhere, no one has left", async () => {
      await anna.opens("Participants");
      cluster.end("muc", "SIGKILL");
      await seeEachOther();
      await anna.row("Cem").waitFor();
    });

    await step("[F11] a draining node: its participant is elsewhere before it stops", async () => {
      const before = cluster.pidOf("ber");
      cluster.end("ber", "SIGTERM");
      await seeEachOther();
      while (cluster.pidOf("ber") === before) await new Promise((resolve) => setTimeout(resolve, 50));
      await seeEachOther();
    });

    await step(
      "[F12] all nodes gone: everyone is notified, the chat works, and media comes back by itself",
      async () => {
        await until(
          () => Promise.resolve(NODES.every((node) => cluster.pidOf(node) !== undefined)),
          () => "not all nodes run again",
        );
        // They restart at once: out of the edge's reach, they stay gone until everyone has been notified.
        await Promise.all(NODES.map((node) => net.cut("core", node)));
        for (const node of NODES) cluster.end(node, "SIGKILL");
        await Promise.all(
          everyone.map(({ page }) =>
            page.getByText("Audio and video are not available right now.").waitFor()
          ),
        );
        await Promise.all([ben, cem].map((person) => person.opens("Chat")));
        await cem.says("Can you read me?");
        await ben.reads("Can you read me?");
        await Promise.all(NODES.map((node) => net.heal("core", node)));
        await seeEachOther();
      },
    );
  },
});

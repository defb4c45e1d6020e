/// <reference lib="dom" />
import assert from "node:assert/strict";
import { startCluster } from "../bench/failover/cluster.ts";
import { networkTools, startNetlab, writeLauncher } from "../bench/netlab/netlab.ts";
import { ROOT } from "../tools/places.ts";
import { findChromium, firefox } from "../tools/setup/for_tests.ts";
import { TestBrowser, until } from "./browser_rig.ts";
import { FirefoxPerson } from "./firefox_rig.ts";
import { LIKENESSES } from "./media_rig.ts";

const HOSTS = {
  core: "10.80.0.1",
  fra: "10.80.1.1",
  ber: "10.80.2.1",
  anna: "10.80.3.1",
  ben: "10.80.4.1",
};
const NODES = ["fra", "ber"] as const;

const isPossible = Deno.build.os === "linux" && await networkTools.check(() => {}) === undefined &&
  await firefox.check(() => {}) === undefined;

Deno.test({
  name: "Firefox and Chromium in a call",
  ignore: !isPossible,
  async fn(t) {
    const step = async (name: string, act: () => Promise<void>) => {
      if (!await t.step(name, act)) throw new Error("what comes next would make no sense");
    };
    await using stack = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "tafelrunde-firefox-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const net = stack.use(await startNetlab(HOSTS));
    await net.link("anna", "fra", { delayMs: 2 });
    await net.link("anna", "ber", { delayMs: 15 });
    await net.link("ben", "fra", { delayMs: 15 });
    await net.link("ben", "ber", { delayMs: 2 });
    const cluster = stack.use(await startCluster(net, HOSTS, { core: "core", nodes: NODES, folder }));
    const { origin } = cluster;
    const executablePath = `${folder}/chromium`;
    await writeLauncher(net, "anna", await findChromium() ?? "chromium", { path: executablePath, cwd: ROOT });
    const browser = stack.use(
      await TestBrowser.launch({ likeness: LIKENESSES.Anna }, { executablePath, origin }),
    );
    const anna = stack.use(await browser.newPerson("Anna"));
    const ben = stack.use(await FirefoxPerson.sitDown("Ben", net, "ben", origin));

    const seeAndHearEachOther = () =>
      Promise.all([
        anna.sees("Ben"),
        anna.hears(LIKENESSES.Ben),
        ben.sees("Anna"),
        ben.hearsSomebody(),
      ]);

    await step(
      "commands that the previous Firefox ESR lacks are refused, whichever is installed",
      () =>
        assert.rejects(
          ben.page.setViewport({ width: 960, height: 640 }),
          /Firefox ESR 140 does not have the command emulation\.setScreenOrientationOverride/,
        ),
    );

    await step("they see and hear each other, each from the nearest node", async () => {
      const link = await anna.createMeeting(origin);
      await anna.join();
      await ben.page.goto(link);
      await ben.reads(/^Ber,\s\d+\sms/m);
      await ben.join();
      await anna.listen();
      await seeAndHearEachOther();
    });

    await step("microphone and camera go off and on again", async () => {
      await ben.press("Mute microphone");
      await ben.press("Turn camera off");
      await anna.doesNotHear(LIKENESSES.Ben);
      await anna.seesNoPictureOf("Ben");
      await ben.press("Unmute microphone");
      await ben.press("Turn camera on");
      await seeAndHearEachOther();
    });

    await step("[F9] a killed node: both are back elsewhere", async () => {
      cluster.end("ber", "SIGKILL");
      await seeAndHearEachOther();
    });

    await step("[F11] a draining node: both are elsewhere before it stops", async () => {
      await until(
        () => Promise.resolve(cluster.pidOf("ber") !== undefined),
        () => "Berlin does not run again",
      );
      const before = cluster.pidOf("fra");
      cluster.end("fra", "SIGTERM");
      await until(() => Promise.resolve(cluster.pidOf("fra") !== before), () => "Frankfurt does not end");
      await seeAndHearEachOther();
    });
  },
});

/// <reference lib="dom" />
import assert from "node:assert/strict";
import { freeTcpPort } from "../tools/ports.ts";
import { type Person, TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";
import { RtpRelay } from "./rtp_relay.ts";

Deno.test("[F14] a transport without media in one direction is replaced, and no one else moves because of a silent participant", async (t) => {
  const port = freeTcpPort();
  await using product = await Product.start({ RTC_PORT: String(port), RTC_LISTEN: "127.0.0.1@127.0.0.2" });
  await using relay = await RtpRelay.start(port);
  await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
  await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  let checks = 0;
  anna.page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).startsWith('{"type":"peer.checked"')) checks++;
    }));
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await anna.sees("Ben", LIKENESSES.Ben.colour);
  await ben.sees("Anna", LIKENESSES.Anna.colour);

  /** The ports of a participant's transports, which can have been replaced at any time. */
  const portsOf = async (person: Person): Promise<number[]> => {
    let ports: number[][] = [];
    await until(
      async () => (ports = await person.ports()).length === 2,
      () => `${person.name} has ${ports.length} connections`,
    );
    return ports.flat();
  };

  await t.step(
    "media to Anna is lost while ICE stays connected: she gets new transports, and sees Ben again",
    async () => {
      const lost = await portsOf(anna);
      relay.lose(lost, "toClient");
      await until(
        async () => !(await portsOf(anna)).some((port) => lost.includes(port)),
        () => `no new path, ${checks} questions`,
      );
      await anna.sees("Ben", LIKENESSES.Ben.colour);
    },
  );

  await t.step("no media comes from Ben anymore: Anna asks, and keeps her transports", async () => {
    const [before, bens] = [await portsOf(anna), await portsOf(ben)];
    const asked = checks;
    relay.lose(bens, "toNode");
    await until(() => Promise.resolve(checks >= asked + 4), () => `${checks - asked} questions`);
    const after = await portsOf(anna);
    assert.ok(before.some((port) => after.includes(port)), `${before} became ${after}`);
    relay.lose(bens, "nothing");
    await anna.sees("Ben", LIKENESSES.Ben.colour);
  });
  assert.deepEqual([...anna.faults, ...ben.faults], []);
});

/// <reference lib="dom" />
import assert from "node:assert/strict";
import { freeTcpPort } from "../tools/ports.ts";
import { TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";
import { RtpRelay } from "./rtp_relay.ts";

Deno.test("[F14] a path that carries nothing in one direction is made anew, and nobody moves for somebody who is silent", async (t) => {
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
  // Of each there may be several flows, one for each of the machine's addresses.
  await until(
    async () => await anna.page.evaluate(() => probe.connected()) === 2,
    () => "Anna has no path over the relay",
  );
  const annas = relay.flows;
  await ben.join(link);
  await anna.sees("Ben", LIKENESSES.Ben.colour);
  await ben.sees("Anna", LIKENESSES.Anna.colour);
  const bens = relay.flows.filter((flow) => !annas.includes(flow));

  await t.step(
    "what is sent to Anna is lost, ICE is content: she has a new path, and sees Ben again",
    async () => {
      for (const flow of annas) flow.loses = "toClient";
      const before = relay.flows.length;
      // One to send, one to receive.
      await until(
        () => Promise.resolve(relay.flows.length >= before + 2),
        () => `no new path, ${checks} questions`,
      );
      await anna.sees("Ben", LIKENESSES.Ben.colour);
    },
  );

  await t.step("nothing comes from Ben any more: Anna asks, and stays where she is", async () => {
    const before = relay.flows.length;
    const asked = checks;
    for (const flow of bens) flow.loses = "toNode";
    await until(() => Promise.resolve(checks >= asked + 4), () => `${checks - asked} questions`);
    assert.equal(relay.flows.length, before);
    for (const flow of bens) flow.loses = "nothing";
    await anna.sees("Ben", LIKENESSES.Ben.colour);
  });
  assert.deepEqual([...anna.faults, ...ben.faults], []);
});

import assert from "node:assert/strict";
import { freeTcpPort } from "../tools/ports.ts";
import { type Person, TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";
import { RtpRelay } from "./rtp_relay.ts";

/** Each is a page; `deno task test:viewers` has twenty. */
const VIEWERS = Number(Deno.env.get("VIEWERS") ?? 5);

/**
 * Each asks the node what it has sent after 3, 5 and 9 s without media; a deaf transport is replaced at the
 * second response.
 */
const QUESTIONS = 3;

/** Counts the checks of the page's client. */
function countChecks({ page }: Person): () => number {
  let checks = 0;
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).startsWith('{"type":"peer.checked"')) checks++;
    }));
  return () => checks;
}

Deno.test("[F14] a publisher whose media stops makes no viewer move", async () => {
  const port = freeTcpPort();
  await using product = await Product.start({ RTC_PORT: String(port), RTC_LISTEN: "127.0.0.1@127.0.0.2" });
  await using relay = await RtpRelay.start(port);
  await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
  await using viewersBrowser = await TestBrowser.launch({ cameras: 0, allowed: false });
  await using ben = await bensBrowser.newPerson("Ben");
  const link = await ben.createMeeting(product.origin);
  await ben.join();
  await using stack = new AsyncDisposableStack();
  const checks: (() => number)[] = [];
  const viewers: Person[] = [];
  for (let n = 0; n < VIEWERS; n++) {
    const viewer = stack.use(await viewersBrowser.newPerson(`Viewer ${n}`));
    viewers.push(viewer);
    checks.push(countChecks(viewer));
  }
  await Promise.all(viewers.map(async (viewer) => {
    await viewer.join(link);
    await viewer.sees("Ben", LIKENESSES.Ben.colour);
  }));
  const before = await Promise.all(viewers.map((viewer) => viewer.ports()));
  const bens = (await ben.ports()).flat();
  const asked = checks.map((count) => count());
  relay.lose(bens, "toNode");
  await until(
    () => Promise.resolve(checks.every((count, n) => count() >= asked[n]! + QUESTIONS)),
    () => `questions: ${checks.map((count, n) => count() - asked[n]!)}`,
  );
  for (const [n, viewer] of viewers.entries()) {
    const after = (await viewer.ports()).flat();
    assert.ok(before[n]!.flat().some((port) => after.includes(port)), `${viewer.name} has made a path anew`);
  }
  relay.lose(bens, "nothing");
  for (const viewer of viewers) await viewer.sees("Ben", LIKENESSES.Ben.colour);
  assert.deepEqual([...ben.faults, ...viewers.flatMap(({ faults }) => faults)], []);
});

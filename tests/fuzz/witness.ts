/**
 * A client in its own process that writes one line for each message it posts: the latency of its
 * acknowledgement, ms.
 */
import { SignalClient } from "../signal_client.ts";
import { createRoom } from "../signal_client.ts";

/** Interval between two messages, ms. */
const EVERY_MS = 100;

const [origin = ""] = Deno.args;
const client = await new SignalClient(await createRoom(origin)).join(origin, "Witness");
for (;;) {
  const at = performance.now();
  await client.ask({ type: "hand.raise", raised: client.state.hand[client.you!] === undefined });
  const tookMs = performance.now() - at;
  console.log(tookMs.toFixed(3));
  client.received.splice(0);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - tookMs)));
}

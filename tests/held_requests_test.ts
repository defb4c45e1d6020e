/** What an edge keeps of answered requests and of clients that are gone. */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { SignalClient } from "./signal_client.ts";

/** Clients with different addresses that create a room, join and leave. */
const STRANGERS = 40;

/**
 * Objects that can be held: by database connections opened for a request, and by connections that clients
 * keep open.
 */
const MOST_HELD = 15;

/** Longest wait until unreferenced objects are gone, and interval of the checks, ms. */
const GONE_WITHIN_MS = 30_000;
const LOOK_MS = 50;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

testOnStores("an edge keeps no answered request, whoever sent it", async ({ store }) => {
  const requests: WeakRef<object>[] = [];
  await using edge = await startTestEdge({
    store,
    env: { TRUSTED_PROXIES: "1" },
    saw: (request) => requests.push(new WeakRef(request)),
  });
  for (let n = 0; n < STRANGERS; n++) await comeAndGo(edge.origin, `203.0.113.${n}`);
  assert.ok(requests.length >= 2 * STRANGERS);
  const held = () => requests.filter((request) => request.deref() !== undefined).length;
  const giveUpAt = performance.now() + GONE_WITHIN_MS;
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    collect();
  } while (held() > MOST_HELD && performance.now() < giveUpAt);
  assert.ok(held() <= MOST_HELD, `${held()} of ${requests.length} requests are held`);
});

async function comeAndGo(origin: string, address: string): Promise<void> {
  const response = await fetch(`${origin}/v1/rooms`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": address },
    body: "{}",
  });
  assert.equal(response.status, 201);
  const client = await new SignalClient(await response.json() as RoomCreated, { address }).join(
    origin,
    "Ben",
  );
  await client.ask({ type: "chat.post", text: "Good morning." });
  await client.ask({ type: "participant.leave" });
  client.close();
}

import { makeLocalBus } from "../../edge/bus/local.ts";
import type { Store } from "../../edge/store/open.ts";
import { testOnStores } from "../../edge/store/store_for_tests.ts";
import { startTestEdge, type TestEdge } from "../edge_rig.ts";
import { createRoom, SignalClient } from "../signal_client.ts";

/** A room with its owner at one edge, and a guest at another. */
export interface RoomOfTwo {
  readonly edges: readonly [TestEdge, TestEdge];
  readonly store: Store;
  /** The owner, through the first edge. */
  readonly olga: SignalClient;
  /** A guest, through the second. */
  readonly ben: SignalClient;
  /** Another guest, through the second. */
  join(name: string): Promise<SignalClient>;
  /** Closes a client of the test at its end. */
  keep(client: SignalClient): SignalClient;
}

/** The owner's device cookie. */
const OWNER = "O".repeat(22);

/**
 * Tests a feature with two real clients at two edges, one of each kind, on each store. `now`: the edges'
 * clock; that of the machine by default.
 */
export function testInRoom(
  name: string,
  test: (room: RoomOfTwo, t: Deno.TestContext) => Promise<void>,
  now?: () => number,
): void {
  testOnStores(name, async ({ store, again }, t) => {
    await using bus = makeLocalBus();
    const options = { bus, ...now && { now } };
    await using server = await startTestEdge({ ...options, store, serving: "server" });
    await using platform = await startTestEdge({ ...options, store: await again(), serving: "function" });
    const room = await createRoom(server.origin, "Council", OWNER);
    const clients: SignalClient[] = [];
    const keep = (client: SignalClient) => {
      clients.push(client);
      return client;
    };
    const join = (name: string) => keep(new SignalClient(room)).join(platform.origin, name);
    const olga = await keep(new SignalClient(room, { device: OWNER })).join(server.origin, "Olga");
    const ben = await join("Ben");
    await test({ edges: [server, platform], store, olga, ben, join, keep }, t);
    for (const client of clients) await client.close();
  });
}

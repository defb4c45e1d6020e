/**
 * Commands per second that one room of one edge stores, 64 at a time in flight; argument: the database's URL,
 * "" for PGlite.
 */
import { setImmediate } from "node:timers";
import {
  type EdgeId,
  newCommandId,
  type ParticipantId,
  PROTOCOL_VERSION,
  type RoomId,
} from "@tafelrunde/protocol";
import { makeLocalBus } from "../../edge/bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../../edge/metrics.ts";
import { FanOut } from "../../edge/rooms/fan_out.ts";
import { Room } from "../../edge/rooms/room.ts";
import { openPglite, openPostgres } from "../../edge/store/open.ts";
import { insertRoom } from "../../edge/store/room.ts";

const COMMIT = { inFlight: 64, warmUpMs: 2_000, measuredMs: 8_000 } as const;

/** No socket and no rate limit in front of the room: the room's own rate is measured. */
async function measure(databaseUrl: string): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const store = stack.use(
    await (databaseUrl === "" ? openPglite(`${folder}/db`) : openPostgres(databaseUrl)),
  );
  const context = {
    db: store.db,
    bus: stack.use(makeLocalBus()),
    edgeId: "e".repeat(16) as EdgeId,
    log: makeLog(console.error),
    metrics: makeMetrics(),
    now: Date.now,
    fanOut: new FanOut({ log: makeLog(console.error) }),
    clusterVersion: () => PROTOCOL_VERSION,
  };
  const id = "comm-itco-mmit" as RoomId;
  await insertRoom(store.db, { id, linkHash: "" }, "", Date.now());
  const room = (await Room.load(id, context, () => {
    throw new Error("our own code failed");
  }))!;
  const who = "p".repeat(26) as ParticipantId;
  const join = {
    type: "participant.join",
    name: "Person",
    role: "guest",
    isGuest: true,
    persons: [],
  } as const;
  await room.submit(join, who, newCommandId());
  let isOver = false;
  const talk = async () => {
    while (!isOver) {
      const outcome = await room.submit({ type: "chat.post", text: "says someone" }, who, newCommandId());
      // Commands come from sockets: PGlite, which responds without one, would keep the event loop to itself.
      await new Promise((resolve) => setImmediate(resolve));
      if (typeof outcome === "string" || !("stored" in outcome)) throw new Error(JSON.stringify(outcome));
    }
  };
  const talking = Promise.all(Array.from({ length: COMMIT.inFlight }, talk));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await Promise.race([pause(COMMIT.warmUpMs), talking]);
  const [before, begunAt] = [room.state.seq, performance.now()];
  await Promise.race([pause(COMMIT.measuredMs), talking]);
  const perSecond = (room.state.seq - before) / ((performance.now() - begunAt) / 1000);
  isOver = true;
  await talking;
  await room.settled();
  return perSecond;
}

console.log(JSON.stringify({ figures: { perS: await measure(Deno.args[0] ?? "") } }));
Deno.exit(0);

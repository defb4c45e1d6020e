import { makeRoom, newId, Person } from "./person.ts";
import { residentBytes } from "./pinned.ts";

/** 20 rooms a minute, one after the other. Idle: what is there this long after the start. Growth counts from `warmMinutes` on. */
const MEMORY = { everyMs: 3_000, settleMs: 20_000, warmMinutes: 10 } as const;

export interface MemoryTask {
  readonly origin: string;
  readonly pid: number;
  /** How long rooms are opened and closed, minutes; 0: only what an idle edge has is measured. */
  readonly minutes: number;
}

/**
 * Resident memory of an edge with PGlite, MB (1,000,000 bytes): idle, and by how much it has grown at the end against that after the first
 * 10 minutes, while rooms are opened, spoken in and left. Both ends are the least of a minute's looks: between collections it swings.
 */
export async function memory({ origin, pid, minutes }: MemoryTask): Promise<Record<string, number>> {
  await pause(MEMORY.settleMs);
  const idleRssMb = residentBytes(pid) / 1e6;
  if (minutes === 0) return { idleRssMb };
  const looks: number[] = [];
  const beganAt = performance.now();
  const minutesNow = () => (performance.now() - beganAt) / 60_000;
  let rooms = 0;
  while (minutesNow() < minutes) {
    await Promise.all([pause(MEMORY.everyMs), useRoom(origin)]);
    rooms++;
    const minute = Math.floor(minutesNow());
    looks[minute] = Math.min(looks[minute] ?? Infinity, residentBytes(pid) / 1e6);
  }
  const warm = looks[Math.min(MEMORY.warmMinutes, looks.length - 1)] ?? NaN;
  return { idleRssMb, rooms, minutes, warmRssMb: warm, growthMb: (looks.at(-1) ?? NaN) - warm };
}

/** Opens a room, two people talk in it, and leave. */
async function useRoom(origin: string): Promise<void> {
  const room = await makeRoom(origin);
  const people = [1, 2].map(() => new Person(`${origin.replace("http", "ws")}/v1/signal`));
  for (const [index, person] of people.entries()) {
    await person.hello(room);
    await person.join(`Person ${index}`);
  }
  for (const person of people) {
    const posted = person.next('{"type":"chat.posted"');
    person.send({ type: "chat.post", id: newId(), text: "Good morning." });
    await posted;
    person.send({ type: "participant.leave", id: newId() });
    person.socket.close(1000);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

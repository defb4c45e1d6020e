import { makeRoom, newId, Person } from "./person.ts";
import { residentBytes } from "./pinned.ts";

/**
 * 20 rooms a minute, one after another. Idle memory is read `settleMs` after the start. Growth counts from
 * `warmMinutes` on. Both ends are the minimum over `spanMinutes`, in which V8 collects its whole heap at
 * least once: between collections memory varies by 5 MB.
 */
const MEMORY = { everyMs: 3_000, settleMs: 20_000, warmMinutes: 10, spanMinutes: 5 } as const;

export interface MemoryTask {
  readonly origin: string;
  readonly pid: number;
  /** How long rooms are opened and closed, minutes; 0: only an idle edge is measured. */
  readonly minutes: number;
}

/**
 * Resident memory of an edge with PGlite, MB (1,000,000 bytes): idle, and its growth from after the first 10
 * minutes to the end while rooms are opened, used and left; and that growth per hour. NaN: too few minutes
 * for a growth.
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
    // On a busy machine a minute can pass without a reading.
    while (looks.length <= minute) looks.push(Infinity);
    looks[minute] = Math.min(looks[minute]!, residentBytes(pid) / 1e6);
  }
  const { warmMinutes, spanMinutes } = MEMORY;
  const least = (from: number) => Math.min(...looks.slice(from, from + spanMinutes));
  const lastFrom = looks.length - spanMinutes;
  const growthMb = lastFrom > warmMinutes ? least(lastFrom) - least(warmMinutes) : NaN;
  return {
    idleRssMb,
    rooms,
    minutes,
    warmRssMb: least(warmMinutes),
    growthMb,
    growthMbPerHour: growthMb * 60 / (lastFrom - warmMinutes),
  };
}

/** Opens a room in which two participants chat and leave. */
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

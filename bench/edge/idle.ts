import { makeRoom, Person } from "./person.ts";
import { residentBytes } from "./pinned.ts";

export const IDLE = { sockets: 5_000, people: 50, settleMs: 10_000, pingMs: 15_000 } as const;

/** The cost of one socket of a joined, idle participant, KB (1,000 bytes) of resident memory. */
export async function idle(
  { origin, pid }: { origin: string; pid: number },
): Promise<{ kbPerSocket: number }> {
  const before = residentBytes(pid);
  const people: Person[] = [];
  const ping = setInterval(() => {
    for (const person of people) person.send({ type: "ping", n: 0 });
  }, IDLE.pingMs);
  for (let n = 0; n < IDLE.sockets / IDLE.people; n++) {
    const room = await makeRoom(origin);
    const some = Array.from(
      { length: IDLE.people },
      () => new Person(`${origin.replace("http", "ws")}/v1/signal`),
    );
    await Promise.all(some.map(async (person, index) => {
      await person.hello(room);
      await person.join(`Person ${index}`);
    }));
    people.push(...some);
  }
  await new Promise((resolve) => setTimeout(resolve, IDLE.settleMs));
  const grown = residentBytes(pid) - before;
  clearInterval(ping);
  for (const person of people) person.socket.terminate();
  return { kbPerSocket: grown / 1000 / IDLE.sockets };
}

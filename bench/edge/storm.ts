import { quantile } from "../statistics.ts";
import { makeRoom, Person } from "./person.ts";

export const STORM = { people: 500, withinMs: 20_000 } as const;

export interface StormFigures {
  /** From the click to the state and its acknowledgement. */
  readonly p95Ms: number;
  /** Received by each participant while all of them joined. */
  readonly bytesPerJoiner: number;
  /** Received by the last participant from hello to the acknowledgement. */
  readonly bytesLastJoiner: number;
  readonly stateBytes: number;
  readonly room: string;
}

/** 500 participants join one room over several edges, evenly within 20 s. */
export async function storm({ origins }: { origins: readonly string[] }): Promise<StormFigures> {
  const room = await makeRoom(origins[0]!);
  const answers: number[] = [];
  const people: Person[] = [];
  let last = { bytes: 0, stateBytes: 0 };
  const come = async (n: number) => {
    const person = new Person(`${origins[n % origins.length]!.replace("http", "ws")}/v1/signal`);
    people.push(person);
    await person.hello(room);
    const begunAt = performance.now();
    const snapshot = await person.join(`Person ${n}`);
    answers.push(performance.now() - begunAt);
    const frameBytes = '{"type":"snapshot","state":}'.length;
    if (n === STORM.people - 1) last = { bytes: person.bytes, stateBytes: snapshot.length - frameBytes };
  };
  const coming: Promise<void>[] = [];
  const begunAt = performance.now();
  for (let n = 0; n < STORM.people; n++) {
    const wait = begunAt + n * STORM.withinMs / STORM.people - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    coming.push(come(n));
  }
  await Promise.all(coming);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const bytes = people.reduce((sum, person) => sum + person.bytes, 0);
  for (const person of people) person.socket.terminate();
  return {
    p95Ms: quantile(answers, 0.95),
    bytesPerJoiner: bytes / STORM.people,
    bytesLastJoiner: last.bytes,
    stateBytes: last.stateBytes,
    room: room.room,
  };
}

import { quantile } from "../statistics.ts";
import { makeRoom, newId, Person } from "./person.ts";
import { cpuUs } from "./pinned.ts";

export const FANOUT = { rooms: 20, people: 50, everyMs: 100, warmUpMs: 20_000, measuredMs: 15_000 } as const;

/** What of a server is loaded. */
export interface FanoutTask {
  readonly kind: "edge" | "bare";
  readonly origin: string;
  readonly pid: number;
  /** Bytes of one frame; of the bare server, which has none of its own. */
  readonly frameBytes: number;
}

export interface FanoutFigures {
  /** Delivered, a second. */
  readonly eventsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerFrame: number;
  readonly frameBytes: number;
}

interface Sent {
  readonly at: number;
  missing: number;
}

/** One event per room every 100 ms to 50 people each: how long it takes to the last of them, and what it costs the server. */
export async function fanout(task: FanoutTask): Promise<FanoutFigures> {
  const sent = new Map<string, Sent>();
  const latencies: number[] = [];
  let frames = 0;
  let bytes = 0;
  let isMeasuring = false;
  const receive = (frame: string) => {
    const from = frame.indexOf("#");
    if (from < 0) return;
    const key = frame.slice(from, frame.indexOf("#", from + 1));
    const event = sent.get(key);
    if (event === undefined) return;
    if (isMeasuring) {
      frames++;
      bytes += frame.length;
    }
    if (--event.missing > 0) return;
    sent.delete(key);
    if (isMeasuring) latencies.push(performance.now() - event.at);
  };
  const rooms = await Promise.all(
    Array.from({ length: FANOUT.rooms }, (_, room) => gather(task, room, receive)),
  );

  let number = 0;
  const speak = (people: readonly Person[]) => {
    const n = number++;
    const key = `#${n}`;
    sent.set(key, { at: performance.now(), missing: people.length });
    const speaker = people[Math.floor(n / FANOUT.rooms) % people.length]!;
    if (task.kind === "edge") {
      speaker.send({ type: "chat.post", id: newId(), text: `${key}# says someone in a meeting` });
    } else speaker.socket.send(`${key}#`.padEnd(task.frameBytes, "x"));
  };
  const timers = rooms.map((people, index) => {
    let timer: ReturnType<typeof setInterval> | undefined;
    // The rooms speak one after another within each 100 ms.
    const start = setTimeout(() => {
      timer = setInterval(() => speak(people), FANOUT.everyMs);
    }, index * FANOUT.everyMs / FANOUT.rooms);
    return () => {
      clearTimeout(start);
      clearInterval(timer);
    };
  });
  await pause(FANOUT.warmUpMs);
  isMeasuring = true;
  const [cpuBefore, begunAt] = [cpuUs(task.pid), performance.now()];
  await pause(FANOUT.measuredMs);
  const [cpu, seconds] = [cpuUs(task.pid) - cpuBefore, (performance.now() - begunAt) / 1000];
  isMeasuring = false;
  for (const stop of timers) stop();
  await pause(500);
  for (const person of rooms.flat()) person.socket.terminate();
  if (sent.size > 0) throw new Error(`${sent.size} events have not reached everyone`);
  return {
    eventsPerS: frames / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuUsPerFrame: cpu / frames,
    frameBytes: Math.round(bytes / frames),
  };
}

/** The people of one room, all in. */
async function gather(task: FanoutTask, n: number, receive: (frame: string) => void): Promise<Person[]> {
  const url = task.origin.replace("http", "ws");
  if (task.kind === "bare") {
    const people = Array.from({ length: FANOUT.people }, () => new Person(`${url}/${n}`));
    await Promise.all(people.map((person) => person.opened()));
    for (const person of people) person.onFrame = receive;
    return people;
  }
  const room = await makeRoom(task.origin);
  const people: Person[] = [];
  for (let index = 0; index < FANOUT.people; index++) {
    const person = new Person(`${url}/v1/signal`);
    await person.hello(room);
    await person.join(`Person ${index}`);
    person.onFrame = receive;
    people.push(person);
  }
  return people;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

import { quantile } from "../statistics.ts";
import { makeRoom, newId, Person } from "./person.ts";
import { cpuUs } from "./pinned.ts";

/**
 * The two servers take turns of `turnMs`, so that both see the same state of the machine. They warm up at
 * four times the rate: an edge runs for weeks, and V8's compilation in its first minutes is not part of its
 * cost.
 */
export const FANOUT = {
  rooms: 20,
  people: 50,
  turnMs: 5_000,
  warmUp: { everyMs: 25, turns: 5 },
  measured: { everyMs: 100, turns: 6 },
} as const;

/** A server under load. */
export interface Target {
  readonly origin: string;
  readonly pid: number;
}

/** The edge and its baseline. */
export interface FanoutTask {
  readonly edge: Target;
  readonly bare: Target;
}

/** The figures of one server. */
export interface Delivery {
  /** Events delivered per second. */
  readonly eventsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerFrame: number;
  readonly frameBytes: number;
}

export interface FanoutFigures {
  readonly edge: Delivery;
  readonly bare: Delivery;
}

interface Sent {
  readonly at: number;
  missing: number;
}

/** Sends a request for an event that contains `key`. */
type Speak = (person: Person, key: string) => void;

/** The participants on one server, in their rooms, and what they received. */
class Crowd {
  readonly #pid: number;
  readonly #rooms: readonly (readonly Person[])[];
  readonly #speak: Speak;
  readonly #sent = new Map<string, Sent>();
  #said = 0;
  #latencies: number[] = [];
  #frames = 0;
  #bytes = 0;
  #cpuUs = 0;
  #spokenMs = 0;

  constructor(pid: number, rooms: readonly (readonly Person[])[], speak: Speak) {
    this.#pid = pid;
    this.#rooms = rooms;
    this.#speak = speak;
    for (const person of rooms.flat()) person.onFrame = (frame) => this.#receive(frame);
  }

  /**
   * Sends one event per room every `everyMs` for a turn; resolves when everyone has received all of them.
   * Rooms are independent: each sends at a random phase, constant for the turn.
   */
  async takeTurn(everyMs: number): Promise<void> {
    const [cpuBefore, begunAt] = [cpuUs(this.#pid), performance.now()];
    const phases = this.#rooms.map((people) => ({ people, phaseMs: Math.random() * everyMs }))
      .toSorted((a, b) => a.phaseMs - b.phaseMs);
    for (let roundAt = begunAt; roundAt < begunAt + FANOUT.turnMs; roundAt += everyMs) {
      for (const { people, phaseMs } of phases) {
        await pause(Math.max(0, roundAt + phaseMs - performance.now()));
        this.#say(people);
      }
    }
    await pause(Math.max(0, begunAt + FANOUT.turnMs - performance.now()));
    this.#spokenMs += performance.now() - begunAt;
    for (let waitedMs = 0; this.#sent.size > 0; waitedMs += 10) {
      if (waitedMs > 2_000) throw new Error(`${this.#sent.size} events have not reached everyone`);
      await pause(10);
    }
    this.#cpuUs += cpuUs(this.#pid) - cpuBefore;
  }

  /** Discards all measurements so far. */
  startAnew(): void {
    this.#latencies = [];
    this.#frames =
      this.#bytes =
      this.#cpuUs =
      this.#spokenMs =
        0;
  }

  get frameBytes(): number {
    return Math.round(this.#bytes / this.#frames);
  }

  get delivery(): Delivery {
    return {
      eventsPerS: this.#frames / (this.#spokenMs / 1000),
      p50Ms: quantile(this.#latencies, 0.5),
      p99Ms: quantile(this.#latencies, 0.99),
      cpuUsPerFrame: this.#cpuUs / this.#frames,
      frameBytes: this.frameBytes,
    };
  }

  leave(): void {
    for (const person of this.#rooms.flat()) person.socket.terminate();
  }

  #say(people: readonly Person[]): void {
    const n = this.#said++;
    const key = `#${n}`;
    this.#sent.set(key, { at: performance.now(), missing: people.length });
    this.#speak(people[Math.floor(n / FANOUT.rooms) % people.length]!, `${key}#`);
  }

  #receive(frame: string): void {
    const from = frame.indexOf("#");
    if (from < 0) return;
    const key = frame.slice(from, frame.indexOf("#", from + 1));
    const event = this.#sent.get(key);
    if (event === undefined) return;
    this.#frames++;
    this.#bytes += frame.length;
    if (--event.missing > 0) return;
    this.#sent.delete(key);
    this.#latencies.push(performance.now() - event.at);
  }
}

/**
 * One event per room every 100 ms to 50 participants each: the latency until the last of them has it, and the
 * cost for each server.
 */
export async function fanout(task: FanoutTask): Promise<FanoutFigures> {
  const edge = new Crowd(
    task.edge.pid,
    await inRooms(() => joinEdge(task.edge)),
    (person, key) =>
      person.send({ type: "chat.post", id: newId(), text: `${key} says someone in a meeting` }),
  );
  const bare = new Crowd(
    task.bare.pid,
    await inRooms((room) => joinBare(task.bare, room)),
    (person, key) => person.socket.send(key.padEnd(edge.frameBytes, "x")),
  );
  const takeTurns = async ({ everyMs, turns }: { everyMs: number; turns: number }) => {
    for (let turn = 0; turn < turns; turn++) {
      await edge.takeTurn(everyMs);
      await bare.takeTurn(everyMs);
    }
  };
  await takeTurns(FANOUT.warmUp);
  edge.startAnew();
  bare.startAnew();
  await takeTurns(FANOUT.measured);
  edge.leave();
  bare.leave();
  return { edge: edge.delivery, bare: bare.delivery };
}

function inRooms(join: (room: number) => Promise<Person[]>): Promise<Person[][]> {
  return Promise.all(Array.from({ length: FANOUT.rooms }, (_, room) => join(room)));
}

async function joinEdge({ origin }: Target): Promise<Person[]> {
  const room = await makeRoom(origin);
  const people: Person[] = [];
  for (let index = 0; index < FANOUT.people; index++) {
    const person = new Person(`${origin.replace("http", "ws")}/v1/signal`);
    await person.hello(room);
    await person.join(`Person ${index}`);
    people.push(person);
  }
  return people;
}

async function joinBare({ origin }: Target, room: number): Promise<Person[]> {
  const url = `${origin.replace("http", "ws")}/${room}`;
  const people = Array.from({ length: FANOUT.people }, () => new Person(url));
  await Promise.all(people.map((person) => person.opened()));
  return people;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

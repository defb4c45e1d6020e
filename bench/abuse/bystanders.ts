import type { PeerOffer } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeOffer } from "../../media/src/test_person.ts";
import { ask } from "../../tests/raw_http.ts";
import { createRoom, SignalClient } from "../../tests/signal_client.ts";
import type { Samples } from "./compare.ts";

/**
 * Interval of each action if it takes no longer than that, ms: often enough for a 95th percentile in 15
 * seconds.
 */
const EVERY_MS = { join: 180, chat: 150, signIn: 180 } as const;

/** Duration that counts for an action that failed or took longer, ms. */
const FAILED_MS = 15_000;

/** Credentials of the measured sign-in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Other clients: two participants who chat in their own room, others who join and leave it, and one user who
 * signs in.
 */
export class Bystanders implements AsyncDisposable {
  /** Where actions that begin now are recorded; undefined: nowhere. */
  into: Samples | undefined;
  /** Failed actions, with the reason. */
  readonly failures: string[] = [];
  readonly #origin: string;
  readonly #room: RoomCreated;
  readonly #anna: SignalClient;
  readonly #ben: SignalClient;
  readonly #loops: Promise<void>[];
  #isOver = false;
  #underWay = 0;
  /** Actions that began when nothing was recorded, and when. */
  readonly #early = new Map<keyof typeof EVERY_MS, number>();

  private constructor(origin: string, room: RoomCreated, [anna, ben]: SignalClient[], who: Credentials) {
    this.#origin = origin;
    this.#room = room;
    this.#anna = anna!;
    this.#ben = ben!;
    let posted = 0;
    this.#loops = [
      this.#repeat("join", () => this.#join()),
      this.#repeat("chat", () => this.#chat(`message ${++posted}`)),
      this.#repeat("signIn", () => this.#signIn(who)),
    ];
  }

  /** Joins a new room, and begins. */
  static async start(origin: string, who: Credentials): Promise<Bystanders> {
    const room = await createRoom(origin, "Rat");
    const people = await Promise.all(["Anna", "Ben"].map(async (name) => {
      const client = new SignalClient(room);
      await client.enter(origin, { peer: makeOffer() as PeerOffer });
      await client.ask({ type: "participant.join", name });
      await client.until(() => client.state.seq > 0);
      return client;
    }));
    return new Bystanders(origin, room, people, who);
  }

  /**
   * Resolves when all started actions are done. Actions that began earlier and are not done are recorded with
   * their duration so far, since they are the slowest.
   */
  async settled(): Promise<void> {
    for (const [name, begunAt] of this.#early) this.into?.[name].push(performance.now() - begunAt);
    this.#early.clear();
    this.into = undefined;
    while (this.#underWay > 0) await pause(20);
  }

  async #repeat(name: keyof typeof EVERY_MS, act: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      const begunAt = performance.now();
      const { into } = this;
      if (into === undefined) this.#early.set(name, begunAt);
      else this.#underWay++;
      const tookMs = await act().then(() => performance.now() - begunAt, (error: unknown) => {
        if (!this.#isOver) this.failures.push(`${name}: ${error}`.slice(0, 300));
        return FAILED_MS;
      });
      this.#early.delete(name);
      if (into !== undefined) {
        into[name].push(Math.min(tookMs, FAILED_MS));
        this.#underWay--;
      }
      await pause(Math.max(0, EVERY_MS[name] - (performance.now() - begunAt)));
    }
  }

  /** From opening the page's socket to the state of the room, with a media transport. */
  async #join(): Promise<void> {
    const client = new SignalClient(this.#room);
    try {
      await client.enter(this.#origin, { peer: makeOffer() as PeerOffer });
      const answer = await client.ask({ type: "participant.join", name: "Cem" });
      if (answer.type === "refused") throw new Error(answer.code);
      await client.until(() => client.state.seq > 0);
    } finally {
      // Not awaited: leaving is not measured.
      void client.ask({ type: "participant.leave" }).catch(() => {}).finally(() => client.cut());
    }
  }

  /** From one participant's send to the other's client. */
  async #chat(text: string): Promise<void> {
    const answer = this.#anna.ask({ type: "chat.post", text });
    const from = this.#ben.received.length;
    const isRead = () =>
      this.#ben.received.slice(from).some((message) =>
        message.type === "chat.posted" && message.text === text
      );
    await this.#ben.until(isRead);
    await answer;
  }

  async #signIn({ email, password }: Credentials): Promise<void> {
    const { status, text } = await ask(`${this.#origin}/v1/auth/password`, {
      method: "POST",
      body: JSON.stringify({ email, password }),
    });
    if (status !== 200) throw new Error(`${status} ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
    for (const client of [this.#anna, this.#ben]) client.cut();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

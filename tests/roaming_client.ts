import { type CommandId, type Down, type DownOf, newCommandId, type Up } from "@tafelrunde/protocol";
import type { Hello, RoomCreated } from "@tafelrunde/protocol/http";
import type { Random } from "./cluster_random.ts";
import { type ClientIdentity, type CommandDraft, SignalClient } from "./signal_client.ts";

/** Delay between two attempts to reconnect, ms. */
const RETRY_MS = 100;

/** Longest time that a reconnection can take, ms: with one of several edges always up, far less. */
const PATIENCE_MS = 60_000;

/** The edges that a client can use, and its identity. */
export interface Roaming extends ClientIdentity {
  /** The available edges, read each time. */
  readonly origins: () => readonly string[];
  readonly random: Random;
  /** Its media fields in a hello; none by default. */
  readonly hello?: () => Partial<Hello>;
  /** Called when an edge has welcomed it. */
  readonly entered?: (welcome: DownOf<"welcome">) => void;
}

interface Pending {
  readonly ask: CommandDraft;
  readonly answered: (answer: Down) => void;
}

/**
 * A client that behaves like the web app when its edge is lost: it sends hello with its last seq to any other
 * edge, repeats unanswered commands under the same ids, and moves when asked to.
 */
export class RoamingClient implements AsyncDisposable {
  readonly client: SignalClient;
  readonly #origins: () => readonly string[];
  readonly #random: Random;
  readonly #hello: () => Partial<Hello>;
  readonly #entered: (welcome: DownOf<"welcome">) => void;
  readonly #pending = new Map<CommandId, Pending>();
  /** Number of reconnections to an edge. */
  moves = 0;
  /** When it was asked to move, and when it has moved, ms of `Date.now()`. */
  readonly movings: { readonly toldAt: number; movedAt?: number }[] = [];
  #isIn = false;
  #isLeaving = false;
  #life: Promise<void> = Promise.resolve();
  #read = 0;

  private constructor(
    room: RoomCreated,
    { origins, random, hello = () => ({}), entered = () => {}, ...identity }: Roaming,
  ) {
    this.client = new SignalClient(room, identity);
    this.#origins = origins;
    this.#random = random;
    this.#hello = hello;
    this.#entered = entered;
  }

  /** Joins `room`; resolves once it has the state. */
  static async join(room: RoomCreated, name: string, options: Roaming): Promise<RoamingClient> {
    const roaming = new RoamingClient(room, options);
    await roaming.#enter();
    roaming.#life = roaming.#live();
    await roaming.ask({ type: "participant.join", name });
    await roaming.client.until(() => roaming.client.state.seq > 0);
    return roaming;
  }

  get state() {
    return this.client.state;
  }

  /** Sends a command, again after each interruption; resolves with its event, `done` or `refused`. */
  ask(ask: CommandDraft, id = newCommandId()): Promise<Down> {
    return new Promise((answered) => {
      this.#pending.set(id, { ask, answered });
      this.#send(id, ask);
    });
  }

  /** Whether an edge has welcomed it and receives its messages. */
  get isHeard(): boolean {
    return this.#isIn && this.client.closed === undefined;
  }

  /** Number of unanswered commands. */
  get waiting(): number {
    return this.#pending.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    this.client.cut();
    await this.#life;
  }

  #send(id: CommandId, ask: CommandDraft): void {
    if (this.isHeard) this.client.send({ ...ask, id } as Up);
  }

  /** Connects to one edge after another. */
  async #live(): Promise<void> {
    while (!this.#isLeaving) {
      const moving = await this.#stay();
      if (this.#isLeaving) return;
      if (moving !== undefined) {
        const told = { toldAt: Date.now() };
        this.movings.push(told);
        await pause(this.#random.next() * moving);
      }
      await this.#enter();
      const told = this.movings.at(-1);
      if (told !== undefined) told.movedAt ??= Date.now();
      this.moves++;
      for (const [id, { ask }] of this.#pending) this.#send(id, ask);
    }
  }

  /** Receives responses until the socket is closed (undefined) or the edge asks it to move (within ms). */
  async #stay(): Promise<number | undefined> {
    let movingMs: number | undefined;
    await this.client.until(() => {
      const { received } = this.client;
      for (; this.#read < received.length; this.#read++) {
        const message = received[this.#read]!;
        if (message.type === "moving") movingMs = message.withinMs;
        if ("cause" in message && message.cause !== null) this.#answer(message.cause, message);
      }
      return this.client.closed !== undefined || movingMs !== undefined || this.#isLeaving;
    }, Infinity);
    return movingMs;
  }

  #answer(id: CommandId, answer: Down): void {
    this.#pending.get(id)?.answered(answer);
    this.#pending.delete(id);
  }

  async #enter(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    this.#isIn = false;
    for (;;) {
      try {
        const welcome = await this.client.enter(this.#random.pick(this.#origins()), this.#hello());
        this.#isIn = true;
        this.#entered(welcome);
        return;
      } catch (error) {
        if (this.#isLeaving) return;
        if (Date.now() > deadline) throw error;
        await pause(RETRY_MS);
      }
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

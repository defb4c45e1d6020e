import { type Command, newCommandId, type Refusal, refuse } from "@tafelrunde/protocol";
import type { CommandDraft } from "./api.ts";

/** Most pending commands; more are refused with "room.busy". */
export const MAX_PENDING = 200;

interface Waiting {
  readonly command: Command;
  readonly answered: (refusal: Refusal | null) => void;
  sent: boolean;
}

/**
 * Pending commands, in order. They are sent again after every resume under the same id, which has no second
 * effect. A refusal with a retry time is not final: the command is sent again then, and from then on one at a
 * time until none is pending, so that the order stays.
 */
export class PendingCommands {
  readonly #waiting = new Map<string, Waiting>();
  readonly #transmit: (command: Command) => boolean;
  readonly #changed: () => void;
  #live = false;
  #oneAtATime = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /**
   * `transmit` returns false when the command could not be sent; `changed` is called whenever the list has
   * changed.
   */
  constructor(transmit: (command: Command) => boolean, changed: () => void) {
    this.#transmit = transmit;
    this.#changed = changed;
  }

  /** All of them, the oldest first. */
  get commands(): Command[] {
    return [...this.#waiting.values()].map(({ command }) => command);
  }

  has(type: Command["type"]): boolean {
    return this.commands.some((command) => command.type === type);
  }

  /**
   * Adds a command and sends it as soon as possible. Resolves to null once it is stored, or to the refusal.
   */
  ask(ask: CommandDraft, id = newCommandId()): Promise<Refusal | null> {
    if (this.#waiting.size >= MAX_PENDING) return Promise.resolve(refuse("room.busy"));
    return new Promise((answered) => {
      this.#waiting.set(id, { command: { ...ask, id } as Command, answered, sent: false });
      this.#changed();
      this.#pump();
    });
  }

  /** Like `ask`, ahead of all that are pending. */
  askFirst(ask: CommandDraft): Promise<Refusal | null> {
    const others = [...this.#waiting];
    this.#waiting.clear();
    const answer = this.ask(ask);
    for (const [id, waiting] of others) this.#waiting.set(id, waiting);
    return answer;
  }

  /** The session is live, or live again: sends everything, also what was sent before. */
  resume(): void {
    this.#live = true;
    for (const waiting of this.#waiting.values()) waiting.sent = false;
    this.#pump();
  }

  /** The session is not live: nothing is sent until `resume`. */
  suspend(): void {
    this.#live = false;
    this.#unpause();
  }

  /** The command `cause` was answered. */
  answer(cause: string, refusal: Refusal | null): void {
    const waiting = this.#waiting.get(cause);
    if (waiting === undefined) return;
    if (refusal?.retryAfterMs !== undefined) {
      waiting.sent = false;
      this.#holdBack(refusal.retryAfterMs);
      return;
    }
    this.#waiting.delete(cause);
    if (this.#waiting.size === 0) this.#oneAtATime = false;
    this.#changed();
    waiting.answered(refusal);
    this.#pump();
  }

  /** Withdraws what `matches`, as if it had never been sent; its caller gets `refusal`. */
  withdraw(matches: (command: Command) => boolean, refusal: Refusal | null): void {
    for (const { command } of [...this.#waiting.values()]) {
      if (matches(command)) this.answer(command.id, refusal);
    }
  }

  /** There will be no more answers. */
  end(refusal: Refusal): void {
    this.suspend();
    this.withdraw(() => true, refusal);
  }

  #holdBack(delayMs: number): void {
    this.#oneAtATime = true;
    this.#pause ??= setTimeout(() => {
      this.#unpause();
      this.#pump();
    }, delayMs);
  }

  #unpause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #pump(): void {
    if (!this.#live || this.#pause !== undefined) return;
    for (const waiting of this.#waiting.values()) {
      if (!waiting.sent) waiting.sent = this.#transmit(waiting.command);
      if (!waiting.sent || this.#oneAtATime) return;
    }
  }
}

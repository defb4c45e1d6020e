import { type Command, newCommandId, type Refusal, refuse } from "@tafelrunde/protocol";
import type { Ask } from "./api.ts";

/** Most commands that may wait for their answer; more are refused with "room.busy". */
export const MAX_PENDING = 200;

interface Waiting {
  readonly command: Command;
  readonly answered: (refusal: Refusal | null) => void;
  sent: boolean;
}

/**
 * Commands that were asked for and not yet answered, in order. They are sent again after every resume under the same id, which has no
 * second effect. A refusal that says when to try again is no answer: the command goes again then, and from then on one at a time until none
 * waits, so that the order stays.
 */
export class PendingCommands {
  readonly #waiting = new Map<string, Waiting>();
  readonly #transmit: (command: Command) => boolean;
  readonly #changed: () => void;
  #live = false;
  #oneAtATime = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `transmit` is false when the command could not be sent; `changed` is called whenever the list has changed. */
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

  /** Adds a command and sends it as soon as that is possible. Resolves to null once it is stored, or to why not. */
  ask(ask: Ask, id = newCommandId()): Promise<Refusal | null> {
    if (this.#waiting.size >= MAX_PENDING) return Promise.resolve(refuse("room.busy"));
    return new Promise((answered) => {
      this.#waiting.set(id, { command: { ...ask, id } as Command, answered, sent: false });
      this.#changed();
      this.#pump();
    });
  }

  /** As `ask`, ahead of all that waits. */
  askFirst(ask: Ask): Promise<Refusal | null> {
    const others = [...this.#waiting];
    this.#waiting.clear();
    const answer = this.ask(ask);
    for (const [id, waiting] of others) this.#waiting.set(id, waiting);
    return answer;
  }

  /** The session is live (again): everything is sent, what was sent before too. */
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

  /** Takes back what `matches`, as if it had never been asked; its asker hears `refusal`. */
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

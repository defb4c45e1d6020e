import type { Random } from "../cluster_random.ts";
import type { Corpus, Recorded } from "../../tools/fuzz/corpus.ts";
import { type Frame, mutate, Seen, shown } from "./mutate.ts";

/** Longest wait for an answer or a close, ms: an edge gives a media node 5 s, and the machine may be busy. */
export const ANSWER_WITHIN_MS = 20_000;

/** A fault that was found: what was sent, in order, and what came of it. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** How many frames are still to be sent, and what they are made of. One of these for each channel. */
export class Plan {
  readonly random: Random;
  readonly corpus: Corpus;
  readonly #seen: Seen;
  readonly #beforeEach: () => Promise<void> | undefined;
  readonly #begunAt = performance.now();
  readonly #endsAt: number;
  sent = 0;
  readonly frames: number;

  /** Over after `frames` or `seconds`. `beforeEach`: resolves when the next frame may go. */
  constructor(
    { random, corpus, frames, seconds, beforeEach = () => undefined }: {
      random: Random;
      corpus: Corpus;
      frames: number;
      seconds: number;
      beforeEach?: () => Promise<void> | undefined;
    },
  ) {
    this.random = random;
    this.corpus = corpus;
    this.frames = frames;
    this.#endsAt = performance.now() + 1_000 * seconds;
    this.#beforeEach = beforeEach;
    this.#seen = new Seen(Object.values(corpus).flat().map(({ message }: Recorded) => message));
  }

  get isOver(): boolean {
    return this.sent >= this.frames || performance.now() > this.#endsAt;
  }

  /** How much of it is done, from 0 to 1. */
  get share(): number {
    const now = performance.now();
    return Math.min(
      1,
      Math.max(this.sent / this.frames, (now - this.#begunAt) / (this.#endsAt - this.#begunAt)),
    );
  }

  /** How far it is, in words. */
  get standing(): string {
    return `${this.sent} of ${this.frames} frames (${Math.round(100 * this.share)} %)`;
  }

  /** Counts one frame. */
  async count(): Promise<void> {
    this.sent++;
    await this.#beforeEach();
  }

  /** A recorded message with what is real here in place of the names `real` has, changed. */
  frame(from: readonly Recorded[], real: Readonly<Record<string, () => unknown>>): Frame {
    return mutate(this.random, this.adapted(this.random.pick(from).message, real), this.#seen);
  }

  /** A message unchanged, but for what is real here; now and then it stays what it was recorded as. */
  adapted(message: object, real: Readonly<Record<string, () => unknown>>): Record<string, unknown> {
    const visit = (value: unknown, name: string, depth: number): unknown => {
      // Deeper down, an id is that of something else.
      const make = name === "id" && depth > 1 ? undefined : real[name];
      if (make !== undefined && (value === null || typeof value !== "object") && this.random.below(10) > 0) {
        return make();
      }
      if (Array.isArray(value)) return value.map((item) => visit(item, "", depth + 1));
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, visit(inner, key, depth + 1)]),
      );
    };
    return visit(message, "", 0) as Record<string, unknown>;
  }

  /** Runs `episode` again and again, some at once, until all frames are sent. */
  async run(atOnce: number, episode: () => Promise<void>): Promise<void> {
    const one = async () => {
      while (!this.isOver) await episode();
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }
}

/** Frames of all stories that are told where none of them is known to be the cause. */
const LATEST = 30;

const latest: Frame[] = [];

/** What was sent in one episode, for a Finding. */
export class Story {
  readonly #frames: Frame[] = [];

  add(frame: Frame): void {
    this.#frames.push(frame);
    latest.push(frame);
    if (latest.length > LATEST) latest.shift();
  }

  found(what: string): Finding {
    return new Finding(`${what}. Sent:\n${this.#frames.map(shown).join("\n")}`);
  }

  /** What others did may be the cause. */
  broken(what: string): Finding {
    return new Finding(`${what}. Sent by all who were there:\n${latest.map(shown).join("\n")}`);
  }
}

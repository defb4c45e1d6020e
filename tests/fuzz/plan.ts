import type { Random } from "../cluster_random.ts";
import type { Corpus, Recorded } from "../../tools/fuzz/corpus.ts";
import { type Frame, mutate, Seen, shown } from "./mutate.ts";

/**
 * Longest wait for a response or a close, ms: an edge gives a media node 5 s, and the machine can be busy.
 */
export const ANSWER_WITHIN_MS = 20_000;

/** A fault that was found: the sent messages, in order, and the effect. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** The number of frames still to send, and their source. One plan per channel. */
export class Plan {
  readonly random: Random;
  readonly corpus: Corpus;
  readonly #seen: Seen;
  readonly #beforeEach: () => Promise<void> | undefined;
  readonly #begunAt = performance.now();
  readonly #endsAt: number;
  sent = 0;
  readonly frames: number;

  /** Over after `frames` or `seconds`. `beforeEach`: resolves when the next frame can be sent. */
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

  /** Completed share, from 0 to 1. */
  get share(): number {
    const now = performance.now();
    return Math.min(
      1,
      Math.max(this.sent / this.frames, (now - this.#begunAt) / (this.#endsAt - this.#begunAt)),
    );
  }

  /** Its progress in words. */
  get standing(): string {
    return `${this.sent} of ${this.frames} frames (${Math.round(100 * this.share)} %)`;
  }

  /** Counts one frame. */
  async count(): Promise<void> {
    this.sent++;
    await this.#beforeEach();
  }

  /** A recorded message, mutated, with real values in place of the names in `real`. */
  frame(from: readonly Recorded[], real: Readonly<Record<string, () => unknown>>): Frame {
    return mutate(this.random, this.adapted(this.random.pick(from).message, real), this.#seen);
  }

  /** An unmutated message with real values; occasionally a value stays as recorded. */
  adapted(message: object, real: Readonly<Record<string, () => unknown>>): Record<string, unknown> {
    const visit = (value: unknown, name: string, depth: number): unknown => {
      // Deeper down, an id belongs to something else.
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

  /** Runs `episode` repeatedly, `atOnce` in parallel, until all frames are sent. */
  async run(atOnce: number, episode: () => Promise<void>): Promise<void> {
    const one = async () => {
      while (!this.isOver) await episode();
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }
}

/** Number of frames of all stories that are reported if no single one is known to be the cause. */
const LATEST = 30;

const latest: Frame[] = [];

/** The frames sent in one episode, for a Finding. */
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

  /** Other episodes can be the cause. */
  broken(what: string): Finding {
    return new Finding(`${what}. Sent by all who were there:\n${latest.map(shown).join("\n")}`);
  }
}

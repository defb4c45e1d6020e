/**
 * Feeds mutated and inflated samples to the parsers and matchers of untrusted text: 20,000 in the tests,
 * FUZZ_TEXTS in `deno task fuzz` (a million). SEED selects the sequence.
 */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { aloud } from "./aloud.ts";
import { assertLinear, cpuMs } from "../growth.ts";
import { seededRandom } from "../../tests/cluster_random.ts";
import { changedText, type Pump, pumped, pumpOf } from "./text.ts";

/** A parser, or a writer that puts untrusted text into another format. */
export interface Parser {
  readonly samples: readonly string[];
  /** Longest text that can reach it, characters. */
  readonly longest: number;
  /**
   * Parses a text and checks the result. Throws an error that `isRefused` accepts if the text is invalid; any
   * other error is a fault.
   */
  readonly read: (text: string) => unknown;
}

const IS_LONG = Deno.env.get("FUZZ") === "long";
const TEXTS = Number(Deno.env.get("FUZZ_TEXTS") ?? (IS_LONG ? 1_000_000 : 20_000));
export const SEED = Number(Deno.env.get("SEED") ?? 1);

/** One in this many texts is inflated. */
const PUMPED_OF = 3;

/** Longest inflated text, characters: a quadratic parser takes 100 ms for it. */
const PUMPED_LONGEST = 16_000;

/** Longest mutated text, characters. */
const CHANGED_LONGEST = 2_000;

/**
 * A parser whose largest text takes longer than this has its growth measured, as does the slowest text of
 * each parser, ms; on its own it decides nothing.
 */
const WORTH_A_LOOK_MS = 10;

/**
 * Heap growth from the first fifth of the texts to the end that is not a leak, bytes: compiled code, caches
 * of expressions.
 */
const SLACK_BYTES = 8 * 1024 * 1024;

const FIFTHS = 5;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Whether an error means that the text is invalid. */
export type IsRefused = (error: unknown) => boolean;

/** Reachable heap, bytes. Weak references are released over several turns of the event loop. */
async function heldBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return Deno.memoryUsage().heapUsed;
}

/** Faults of asynchronous parsers. */
const lateFaults: Error[] = [];

/** Parses one text; throws a fault. */
function readOne(name: string, { read }: Parser, isRefused: IsRefused, text: string): void {
  const faultOf = (error: unknown) =>
    new Error(`${name}: ${error} at ${JSON.stringify(text.slice(0, 400))} (${text.length} characters)`, {
      cause: error,
    });
  try {
    const result = read(text);
    if (result instanceof Promise) {
      result.catch((error) => isRefused(error) || lateFaults.push(faultOf(error)));
    }
  } catch (error) {
    if (!isRefused(error)) throw faultOf(error);
  }
}

/** Lets the event loop turn. Throws faults that surface. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (lateFaults.length > 0) throw lateFaults.splice(0)[0]!;
}

/**
 * Fails if one of `all` throws anything but a refusal, takes more than linear time, or makes the heap grow.
 * `part`: the share of all texts.
 */
export async function fuzzParsers(
  all: Readonly<Record<string, Parser>>,
  part: number,
  isRefused: IsRefused = () => false,
): Promise<void> {
  const texts = Math.ceil(TEXTS * part);
  let done = 0;
  await aloud(`${Object.keys(all).length} parsers`, async (progress) => {
    progress(() => `${done} of ${texts} texts`);
    await readTexts(all, texts, isRefused, (n) => done = n);
  });
}

async function readTexts(
  all: Readonly<Record<string, Parser>>,
  texts: number,
  isRefused: IsRefused,
  told: (done: number) => void,
): Promise<void> {
  const random = seededRandom(SEED);
  const parsers = Object.entries(all);
  const slowest = new Map<string, { pump: Pump; ms: number }>();
  let before = Infinity;
  for (let n = 0; n < texts; n++) {
    const [name, parser] = parsers[n % parsers.length]!;
    told(n);
    if (n % 100 === 0) await turn();
    if (n === Math.floor(texts / FIFTHS)) before = await heldBytes();
    if (random.below(PUMPED_OF) > 0) {
      readOne(
        name,
        parser,
        isRefused,
        changedText(random, parser.samples, Math.min(parser.longest, CHANGED_LONGEST)),
      );
      continue;
    }
    const pump = pumpOf(random, parser.samples);
    const text = pumped(pump, Math.min(parser.longest, PUMPED_LONGEST));
    readOne(name, parser, isRefused, text);
    const from = cpuMs();
    readOne(name, parser, isRefused, text);
    const ms = cpuMs() - from;
    if (ms > WORTH_A_LOOK_MS) measureGrowth(name, parser, isRefused, pump);
    if (ms > (slowest.get(name)?.ms ?? 0)) slowest.set(name, { pump, ms });
  }
  for (const [name, { pump }] of slowest) measureGrowth(name, all[name]!, isRefused, pump);
  await turn();
  const grown = await heldBytes() - before;
  assert.ok(grown < SLACK_BYTES, `the heap grew by ${grown} bytes`);
}

function measureGrowth(name: string, parser: Parser, isRefused: IsRefused, pump: Pump): void {
  assertLinear(
    `${name}: ${JSON.stringify(pump)}`,
    Math.floor(Math.min(parser.longest, PUMPED_LONGEST) / 4),
    (size) => pumped(pump, size),
    (text) => readOne(name, parser, isRefused, text),
  );
}

/**
 * The attacker, on Node and from one address. Between attacks it burns as much CPU time as its last attack
 * used, so that the figures do not include the effect of a busy machine. Commands and responses are JSON
 * lines (side.ts).
 */
import { Attacker, type Target } from "./attacker.ts";
import { ATTACK } from "./attacks.ts";
import { serveCommands } from "./commands.ts";
import type { AttackName } from "./names.ts";

export type GeneratorCommand =
  /** Prepares what the attack needs. */
  | { readonly do: "prepare"; readonly attack: AttackName; readonly target: Target }
  | { readonly do: "flood" }
  | { readonly do: "burn" }
  /** Stops the current turn; responds with `Rested`. */
  | { readonly do: "rest" };

/** The figures of a turn. */
export interface Rested {
  /** CPU time that the generator used, as a share of one core. */
  readonly share: number;
  /** Counts of each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Longest burst of burning, ms: short, like the steps of an attack. */
const BURN_EVERY_MS = 5;

/** Share of a core to burn; 0 until an attack has been measured. */
let burnShare = 0;
let attacker: Attacker;
let flood: (until: AbortSignal) => Promise<void>;
let turn:
  | { readonly stop: AbortController; readonly done: Promise<void>; readonly isFlood: boolean }
  | undefined;
let begun = { at: 0, cpuMs: 0 };

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

async function burn(until: AbortSignal): Promise<void> {
  // The debt counts from the start, so that a late step is made up for.
  const begunAt = performance.now();
  const cpuAtBegin = cpuMs();
  while (!until.aborted) {
    const owedMs = (performance.now() - begunAt) * burnShare - (cpuMs() - cpuAtBegin);
    const stopAt = performance.now() + Math.min(owedMs, BURN_EVERY_MS);
    while (performance.now() < stopAt);
    await new Promise((resolve) => owedMs > BURN_EVERY_MS ? setImmediate(resolve) : setTimeout(resolve, 1));
  }
}

function begin(isFlood: boolean): null {
  const stop = new AbortController();
  begun = { at: performance.now(), cpuMs: cpuMs() };
  turn = { stop, done: (isFlood ? flood : burn)(stop.signal), isFlood };
  // Awaited at the end of the turn.
  turn.done.catch(() => {});
  return null;
}

async function rest(): Promise<Rested> {
  const share = (cpuMs() - begun.cpuMs) / (performance.now() - begun.at);
  turn?.stop.abort();
  await turn?.done;
  if (turn?.isFlood) burnShare = Math.min(1, share);
  turn = undefined;
  return { share, outcomes: attacker.takeOutcomes() };
}

// A connection that the edge has cut can fail wherever it is in use.
process.on("uncaughtException", (error) => attacker?.count(`uncaught ${error.message}`));
process.on("unhandledRejection", (error) => attacker?.count(`unhandled ${String(error)}`));

serveCommands<GeneratorCommand>(async (command) => {
  switch (command.do) {
    case "prepare":
      attacker = new Attacker(command.target);
      flood = await ATTACK[command.attack](attacker);
      return null;
    case "flood":
      return begin(true);
    case "burn":
      return begin(false);
    case "rest":
      return await rest();
    default:
      return command satisfies never;
  }
});

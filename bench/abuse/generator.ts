/**
 * Who attacks, on Node and from one address. While it does not, it burns as much processor time as it did when it last attacked, against nothing:
 * what others notice of the attack is not that somebody else computes on the same machine. Commands and answers are JSON lines (side.ts).
 */
import { Attacker, type Target } from "./attacker.ts";
import { ATTACK } from "./attacks.ts";
import { serveCommands } from "./commands.ts";
import type { AttackName } from "./names.ts";

export type GeneratorCommand =
  /** Makes what the attack needs. */
  | { readonly do: "prepare"; readonly attack: AttackName; readonly target: Target }
  | { readonly do: "flood" }
  | { readonly do: "burn" }
  /** Ends what it does; answers `Rested`. */
  | { readonly do: "rest" };

/** What a turn was. */
export interface Rested {
  /** Processor time that the generator used, as a share of one core. */
  readonly share: number;
  /** How often what came of what was done. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** How often it burns what it has to, ms: short, as the steps of an attack are. */
const BURN_EVERY_MS = 5;

/** Least of a core that is burned before it is known how much an attack takes. */
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
  // What is owed is counted from the start, so that a step that comes late is made up for.
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
  // It is awaited at the end of the turn.
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

// A connection that the edge has cut fails wherever it is just then used.
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

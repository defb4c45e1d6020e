import { eachLine } from "../../tools/child_process.ts";
import { ROOT } from "../../tools/places.ts";

/** Latencies of acknowledgements, ms. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
}

/** Acknowledgements after which V8 has compiled the code. */
const COMPILED_AFTER = 20;

/** The phase that acknowledgements count for now; undefined: none. */
export type Phase = "quiet" | "busy" | "flood" | undefined;

export interface Watch {
  count(phase: Phase): void;
  waits(): Readonly<Record<"quiet" | "busy" | "flood", Waits>>;
}

/** A client in its own process, whose acknowledgements are timed from now on. */
export async function watchAcknowledgements(origin: string): Promise<AsyncDisposable & Watch> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${ROOT}/tests/fuzz/witness.ts`, origin],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const waits = { quiet: [] as number[], busy: [] as number[], flood: [] as number[] };
  let phase: Phase = undefined;
  let count = 0;
  const compiled = Promise.withResolvers<void>();
  const reading = eachLine(process.stdout, (line) => {
    if (phase !== undefined) waits[phase].push(Number(line));
    if (++count === COMPILED_AFTER) compiled.resolve();
  });
  let ended: number | undefined;
  const status = process.status.then(({ code }) => ended = code);
  await compiled.promise;
  return {
    count: (next) => phase = next,
    waits() {
      if (ended !== undefined) throw new Error(`the watching client has ended with ${ended}`);
      return { quiet: waitsOf(waits.quiet), busy: waitsOf(waits.busy), flood: waitsOf(waits.flood) };
    },
    async [Symbol.asyncDispose]() {
      if (ended === undefined) process.kill("SIGKILL");
      await Promise.all([status, reading]);
    },
  };
}

function waitsOf(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2));
  return { count: sorted.length, median: at(0.5), p95: at(0.95) };
}

import { eachLine } from "../../tools/leash.ts";
import { ROOT } from "../../tools/places.ts";

/** Acknowledgements that a quiet time is measured by. */
const QUIET_SAMPLES = 100;

/** How long acknowledgements took, ms. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
}

/** A client in a process of its own, whose acknowledgements are timed from now on. */
export async function watchAcknowledgements(origin: string): Promise<
  AsyncDisposable & {
    /** Resolves when enough was measured of a quiet time. What comes later counts as busy. */
    quiet(): Promise<void>;
    waits(): { readonly quiet: Waits; readonly busy: Waits };
  }
> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${ROOT}/tests/fuzz/witness.ts`, origin],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const waits: number[] = [];
  let quietCount = 0;
  let heard = () => {};
  const reading = eachLine(process.stdout, (line) => {
    waits.push(Number(line));
    heard();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (waits.length >= count) resolve();
      };
    });
  // The first ones are slow: code is compiled.
  await until(20);
  waits.splice(0);
  return {
    async quiet() {
      await until(QUIET_SAMPLES);
      quietCount = waits.length;
    },
    waits: () => ({ quiet: waitsOf(waits.slice(0, quietCount)), busy: waitsOf(waits.slice(quietCount)) }),
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await Promise.all([process.status, reading]);
    },
  };
}

function waitsOf(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2));
  return { count: sorted.length, median: at(0.5), p95: at(0.95) };
}

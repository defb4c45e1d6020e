import { eachLine } from "../../tools/child_process.ts";
import { ROOT } from "../../tools/places.ts";

/** The core of the measured process, and that of everything else: load generators, database, bus. */
export const CORE = { server: 0, load: 1 } as const;

/** A program of this repository on one core. */
export interface Pinned extends AsyncDisposable {
  readonly pid: number;
  /** The next line of its standard output that is JSON with the field `name`. */
  line(name: string): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Starts a Deno program on one core; it exits when its standard input closes (TAFELRUNDE_STOP_WITH) or when
 * disposed.
 */
export function startPinned(
  core: number,
  path: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Pinned {
  const process = new Deno.Command("taskset", {
    args: ["-c", String(core), Deno.execPath(), "run", "-A", "--no-check", `${ROOT}/${path}`, ...args],
    cwd: ROOT,
    env: { ...env, TAFELRUNDE_STOP_WITH: "stdin" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let hasEnded = false;
  const wake = () => {
    for (const look of waiting) look();
  };
  const reading = eachLine(process.stdout, (line) => {
    if (!line.startsWith("{")) return;
    lines.push(JSON.parse(line));
    wake();
  }).then(() => {
    hasEnded = true;
    wake();
  });
  return {
    pid: process.pid,
    line: (name) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const at = lines.findIndex((line) => Object.hasOwn(line, name));
          if (at < 0 && !hasEnded) return;
          waiting.delete(look);
          if (at < 0) reject(new Error(`${path} ended without "${name}"`));
          else resolve(lines.splice(at, 1)[0]!);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      await process.stdin.close().catch(() => {});
      if (!hasEnded) process.kill("SIGKILL");
      await Promise.all([process.status, reading]);
    },
  };
}

/** Pins a process and all its threads to a core. */
export async function pin(pid: number, core: number): Promise<void> {
  await new Deno.Command("taskset", { args: ["-acp", String(core), String(pid)], stdout: "null" }).output();
}

/** CPU time of a process, µs. Source: proc(5), /proc/pid/stat fields 14 and 15, in ticks of 10 ms. */
export function cpuUs(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\)/s, "").trim().split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Resident memory of a process, bytes. Source: proc(5), /proc/pid/statm, in pages of 4 KiB. */
export function residentBytes(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]) * 4096;
}

import { cpus } from "node:os";
import { SetupError } from "../tools/setup/step.ts";

/** Mount point of control groups version 1, as on this project's machines. */
const CPU_GROUPS = "/sys/fs/cgroup/cpu";

/**
 * Accounting period of the share, µs: short, so that a slow machine is evenly slow instead of stopping now
 * and then.
 */
const PERIOD_US = 10_000;

/**
 * Its weight relative to other programs, the maximum: they are not part of the slow machine. Source: the
 * kernel's MAX_SHARES.
 */
const WEIGHT = 262_144;

/** Share of this machine's CPU that a slow one has. */
const SHARE = 1 / 2;

/**
 * Puts this process and all later child processes into a group with half of the machine's CPU time. Rejects
 * if control groups are missing.
 */
export async function slowDown(): Promise<AsyncDisposable> {
  const group = `${CPU_GROUPS}/tafelrunde-bench-${Deno.pid}`;
  try {
    await Deno.mkdir(group);
    await Deno.writeTextFile(`${group}/cpu.cfs_period_us`, String(PERIOD_US));
    await Deno.writeTextFile(
      `${group}/cpu.cfs_quota_us`,
      String(Math.round(cpus().length * SHARE * PERIOD_US)),
    );
    await Deno.writeTextFile(`${group}/cpu.shares`, String(WEIGHT));
    await Deno.writeTextFile(`${group}/cgroup.procs`, String(Deno.pid));
  } catch (error) {
    throw new SetupError(`--slow needs root and control groups of version 1 (${CPU_GROUPS}): ${error}`);
  }
  return {
    async [Symbol.asyncDispose]() {
      await Deno.writeTextFile(`${CPU_GROUPS}/cgroup.procs`, String(Deno.pid));
      await Deno.remove(group).catch((error) => console.error(`bench: ${group} stays: ${error}`));
    },
  };
}

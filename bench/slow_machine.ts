import { cpus } from "node:os";
import { SetupError } from "../tools/setup/step.ts";

/** Control groups of version 1, as this project's machines have them. */
const CPU_GROUPS = "/sys/fs/cgroup/cpu";

/** How often the share is counted, µs: short, so that a slow machine is slow all the time instead of standing now and then. */
const PERIOD_US = 10_000;

/** Its weight beside other programs, the most that there is: they are not part of the slow machine. Source: the kernel's MAX_SHARES. */
const WEIGHT = 262_144;

/** How many of this machine's processors a slow one has. */
const SHARE = 1 / 2;

/** Puts this process and all that it starts from now on into a group that gets half of the machine's processor time. Rejects where there is none. */
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

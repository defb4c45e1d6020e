/**
 * Puts this process and all later child processes into the real-time class (SCHED_RR, priority 1). The hosts
 * of a simulated network share this machine's cores; without this, the scheduler's fairness between them, and
 * towards other programs, is measured too. Prints a warning if it is not permitted.
 */
export async function claimProcessors(): Promise<void> {
  if (!await schedule("--rr", 1)) {
    console.error(
      "bench: without real-time scheduling (root and chrt), the figures are those of a shared machine",
    );
  }
}

/**
 * Puts this process and all later child processes back into the normal class. Earlier child processes stay in
 * the real-time class.
 */
export async function releaseProcessors(): Promise<void> {
  await schedule("--other", 0);
}

async function schedule(policy: "--rr" | "--other", priority: number): Promise<boolean> {
  const command = new Deno.Command("chrt", {
    args: ["--all-tasks", policy, "--pid", String(priority), String(Deno.pid)],
    stdout: "null",
    stderr: "null",
  });
  return await command.output().then(({ success }) => success, () => false);
}

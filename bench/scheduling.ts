/**
 * Puts this process and all that it starts from now on into the real-time class (SCHED_RR, priority 1). The hosts of a simulated network share
 * this machine's cores; without it the scheduler's fairness between them, and towards other programs, is measured too. Says so where it may not.
 */
export async function claimProcessors(): Promise<void> {
  if (!await schedule("--rr", 1)) {
    console.error(
      "bench: without real-time scheduling (root and chrt), the figures are those of a shared machine",
    );
  }
}

/** Puts this process, and all that it starts from now on, back into the usual class. What was started before stays in the real-time class. */
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

/**
 * Puts this process and all that it starts from now on into the real-time class (SCHED_RR, priority 1). The hosts of a simulated network share
 * this machine's cores; without it the scheduler's fairness between them, and towards other programs, is measured too. Says so where it may not.
 */
export async function claimProcessors(): Promise<void> {
  const command = new Deno.Command("chrt", {
    args: ["--all-tasks", "--rr", "--pid", "1", String(Deno.pid)],
    stdout: "null",
    stderr: "null",
  });
  const isDone = await command.output().then(({ success }) => success, () => false);
  if (!isDone) {
    console.error(
      "bench: without real-time scheduling (root and chrt), the figures are those of a shared machine",
    );
  }
}

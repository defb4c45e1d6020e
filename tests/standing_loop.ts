/** Blocks the process's event loop for good on SIGUSR2. Loaded before a tested program. */
Deno.addSignalListener("SIGUSR2", () => {
  for (;;);
});

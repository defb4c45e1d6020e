/** Makes the process's event loop stand for good at SIGUSR2. Loaded ahead of a program under test. */
Deno.addSignalListener("SIGUSR2", () => {
  for (;;);
});

import { createInterface } from "node:readline";

/**
 * Serves the commands of side.ts: one command per line of standard input, one response per line of standard
 * output. The process exits when its input ends.
 */
export function serveCommands<Command>(handle: (command: Command) => Promise<unknown>): void {
  const lines = createInterface(process.stdin);
  lines.on("line", (line) => {
    handle(JSON.parse(line) as Command).then(
      (ok) => console.log(JSON.stringify({ ok: ok ?? null })),
      (error: unknown) =>
        console.log(JSON.stringify({ failed: error instanceof Error ? error.stack : String(error) })),
    );
  });
  lines.on("close", () => process.exit(0));
}

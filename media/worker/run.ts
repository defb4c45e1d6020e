/** Tells the person waiting what is being done and how far it is, in a few words. */
export type Tell = (progress: string) => void;

/** How a program ended: its exit code and the last of what it said. */
export interface Outcome {
  code: number;
  output: string;
}

/**
 * Runs a program to its end, ends it when the build is given up, and calls `onLine` for each line of its standard
 * output. Given by the caller (`tools/leash.ts`), which knows how to leave nothing running.
 */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<Outcome>;

export interface RunOptions {
  cwd?: string;
  onLine?: (line: string) => void;
}

/** Runs a program that has to succeed; throws with its last words when it does not. */
export async function must(run: Run, command: string, args: string[], options?: RunOptions): Promise<void> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    const words = output.trimEnd().split("\n").slice(-30).join("\n");
    throw new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${code}:\n${words}`);
  }
}

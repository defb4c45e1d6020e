/** Shows the waiting user the current step and its progress, in a few words. */
export type Tell = (progress: string) => void;

/** The result of a program: its exit code and the end of its output. */
export interface RunResult {
  code: number;
  output: string;
}

/**
 * Runs a program to completion, kills it if the build is aborted, and calls `onLine` for each line of its
 * standard output. Provided by the caller (`tools/child_process.ts`), which makes sure that no process is
 * left running.
 */
export type Run = (command: string, args: string[], options?: RunOptions) => Promise<RunResult>;

export interface RunOptions {
  cwd?: string;
  onLine?: (line: string) => void;
}

/** Runs a program that has to succeed; otherwise throws with the end of its output. */
export async function must(run: Run, command: string, args: string[], options?: RunOptions): Promise<void> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    const words = output.trimEnd().split("\n").slice(-30).join("\n");
    throw new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${code}:\n${words}`);
  }
}

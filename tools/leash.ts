/** Options of a leashed program besides its arguments; the defaults are this process's own. */
export interface LeashOptions {
  cwd?: string;
  env?: Record<string, string>;
  clearEnv?: boolean;
  uid?: number;
  gid?: number;
  stdout?: "piped" | "null" | "inherit";
  stderr?: "piped" | "null" | "inherit";
  /** The signal that stops the program when it is released; "TERM" by default. */
  endWith?: "TERM" | "QUIT" | "INT";
  /** Folder to remove after the program has ended, if `letGo` or the end of this process stopped it. */
  removeAfterwards?: string;
  /** File that receives the program's CPU time afterwards, in the format of sh's `times`. */
  timesTo?: string;
}

/** A running program, and how to stop it. */
export interface Leashed {
  readonly process: Deno.ChildProcess;
  /** Stops the program with the configured signal; await `process.status` for its exit. */
  letGo(): Promise<void>;
}

// The reader never outlives the script: it ends with the first line (there is none), with the pipe, or with
// the program. A shell makes programs it starts with "&" ignore SIGINT and SIGQUIT, and they inherit that;
// GNU's env undoes it a moment later, so these two signals are repeated.
const SCRIPT = `exec 3<&0
signal=$1 folder=$2 times=$3; shift 3
if env --default-signal=INT,QUIT true 2>/dev/null; then set -- env --default-signal=INT,QUIT "$@"; fi
"$@" </dev/null 3<&- & program=$!
exec 2>/dev/null
{ read -r line || {
  if [ "$folder" ]; then : >"$folder/let_go"; fi
  while kill -s "$signal" "$program" && [ "$signal" != TERM ]; do sleep 0.5; done
}; } <&3 & reader=$!
exec 3<&-
wait "$program"; code=$?
kill "$reader"
if [ "$times" ]; then times >"$times"; fi
if [ "$folder" ] && [ -e "$folder/let_go" ]; then rm -rf "$folder"; fi
exit "$code"`;

/**
 * Starts a program that does not outlive this process, however that ends, including kill -9: a parent shell
 * holds the reading end of a pipe and stops the program when the pipe closes. The program is outside the
 * terminal's process group, so that Ctrl-C reaches only this process, which then stops its programs in its
 * own order.
 */
export function leash(command: string, args: string[], options: LeashOptions = {}): Leashed {
  const { endWith = "TERM", removeAfterwards = "", timesTo = "", ...rest } = options;
  const process = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", endWith, removeAfterwards, timesTo, command, ...args],
    stdin: "piped",
    detached: true,
    ...rest,
  }).spawn();
  return {
    process,
    async letGo() {
      await process.stdin.close().catch(() => {});
    },
  };
}

/** The result of a program whose output was kept. */
export interface Outcome {
  code: number;
  /** Standard output and standard error in order of arrival, at most the last 20,000 characters. */
  output: string;
}

/**
 * Runs a leashed program to completion and keeps its output; `onLine` receives each line of standard output
 * as it arrives. When `signal` aborts, it stops the program, and throws the reason once the program has
 * exited.
 */
export async function runLeashed(
  command: string,
  args: string[],
  options: LeashOptions & { signal?: AbortSignal; onLine?: (line: string) => void } = {},
): Promise<Outcome> {
  const { signal, onLine, ...rest } = options;
  signal?.throwIfAborted();
  const leashed = leash(command, args, { ...rest, stdout: "piped", stderr: "piped" });
  const letGo = () => void leashed.letGo();
  signal?.addEventListener("abort", letGo);
  let output = "";
  const keep = (text: string) => (output = (output + text).slice(-20_000));
  try {
    const [status] = await Promise.all([
      leashed.process.status,
      eachLine(leashed.process.stdout, (line) => {
        keep(`${line}\n`);
        onLine?.(line);
      }),
      eachLine(leashed.process.stderr, (line) => keep(`${line}\n`)),
    ]);
    signal?.throwIfAborted();
    return { code: status.code, output };
  } finally {
    signal?.removeEventListener("abort", letGo);
    letGo();
  }
}

/**
 * Calls `onLine` for each line of a stream until it ends, without the line terminator ("\n", or "\r" as in
 * progress displays).
 */
export async function eachLine(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest) onLine(rest);
}

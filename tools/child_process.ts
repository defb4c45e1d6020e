/** Options of a bound program besides its arguments; the defaults are this process's own. */
export interface ChildOptions {
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
export interface BoundChild {
  readonly process: Deno.ChildProcess;
  /** Stops the program with the configured signal; await `process.status` for its exit. */
  end(): Promise<void>;
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
export function startChild(command: string, args: string[], options: ChildOptions = {}): BoundChild {
  const { endWith = "TERM", removeAfterwards = "", timesTo = "", ...rest } = options;
  const process = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", endWith, removeAfterwards, timesTo, command, ...args],
    stdin: "piped",
    detached: true,
    ...rest,
  }).spawn();
  return {
    process,
    async end() {
      await process.stdin.close().catch(() => {});
    },
  };
}

/** The result of a program whose output was kept. */
export interface ChildResult {
  code: number;
  /** Standard output and standard error in order of arrival, at most the last 20,000 characters. */
  output: string;
}

/**
 * Runs a bound program to completion and keeps its output; `onLine` receives each line of standard output
 * as it arrives. When `signal` aborts, it stops the program, and throws the reason once the program has
 * exited.
 */
export async function runChild(
  command: string,
  args: string[],
  options: ChildOptions & { signal?: AbortSignal; onLine?: (line: string) => void } = {},
): Promise<ChildResult> {
  const { signal, onLine, ...rest } = options;
  signal?.throwIfAborted();
  const child = startChild(command, args, { ...rest, stdout: "piped", stderr: "piped" });
  const end = () => void child.end();
  signal?.addEventListener("abort", end);
  let output = "";
  const keep = (text: string) => (output = (output + text).slice(-20_000));
  try {
    const [status] = await Promise.all([
      child.process.status,
      eachLine(child.process.stdout, (line) => {
        keep(`${line}\n`);
        onLine?.(line);
      }),
      eachLine(child.process.stderr, (line) => keep(`${line}\n`)),
    ]);
    signal?.throwIfAborted();
    return { code: status.code, output };
  } finally {
    signal?.removeEventListener("abort", end);
    end();
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

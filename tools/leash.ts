/** What a leashed program gets besides its arguments; the defaults are this process's own. */
export interface LeashOptions {
  cwd?: string;
  env?: Record<string, string>;
  clearEnv?: boolean;
  uid?: number;
  gid?: number;
  stdout?: "piped" | "null" | "inherit";
  stderr?: "piped" | "null" | "inherit";
  /** What ends the program when it is let go; "TERM" when not given. */
  endWith?: "TERM" | "QUIT" | "INT";
  /** Folder to be removed after the program's end, when that was by `letGo` or by the end of this process. */
  removeAfterwards?: string;
  /** File that says afterwards what processor time the program took, as sh's `times` does. */
  timesTo?: string;
}

/** A running program, and how to end it. */
export interface Leashed {
  readonly process: Deno.ChildProcess;
  /** Ends the program with the signal of the options; await `process.status` for its end. */
  letGo(): Promise<void>;
}

// The reader outlives neither: it ends with the first line (there is none), with the pipe, or with the program.
// A shell lets what it starts with "&" ignore SIGINT and SIGQUIT, and that is inherited: GNU's env undoes it, a moment later: those two are repeated.
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
 * Starts a program that does not outlive this process, however that ends, kill -9 included: a shell above it
 * holds the reading end of a pipe and ends the program when the pipe does. The program is outside the terminal's
 * process group, so that a Ctrl-C reaches only this process, which then ends its programs in its own order.
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

/** How a program ended whose output was kept. */
export interface Outcome {
  code: number;
  /** Standard output and standard error, in the order of arrival, at most the last 20,000 characters. */
  output: string;
}

/**
 * Runs a leashed program to its end and keeps its output; `onLine` sees each line of standard output as it comes.
 * Ends the program when `signal` aborts, and throws its reason then, after the program's end.
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

/** Calls `onLine` for each line of a stream, without its end ("\n", or "\r" as in progress displays), until it ends. */
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

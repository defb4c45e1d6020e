import { ROOT } from "../../tools/places.ts";
import { findWorker } from "../../tools/setup/media_worker.ts";
import { findNode } from "../../tools/setup/node.ts";
import type { Netlab } from "../netlab/netlab.ts";
import type { Command } from "./site.ts";

/**
 * One host of the bench: a process that runs site.ts and takes commands. It exits when its standard input
 * closes.
 */
export class Host implements AsyncDisposable {
  /** Its output when it was ready. */
  readonly greeting: unknown;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(
    process: Deno.ChildProcess,
    input: WritableStreamDefaultWriter<Uint8Array>,
    answers: ReadableStreamDefaultReader<string>,
    greeting: unknown,
    rest: string,
  ) {
    this.#process = process;
    this.#input = input;
    this.#answers = answers;
    this.greeting = greeting;
    this.#rest = rest;
  }

  /** Starts a host. Throws if it exits before it is ready. */
  static async start<Name extends string>(
    net: Netlab<Name>,
    kind: "product" | "bare",
    host: Name,
    address: string,
  ): Promise<Host> {
    const node = await findNode() ?? "node";
    const { command, args } = net.on(host, node, [`${ROOT}/bench/cascade/site.ts`, kind, host, address]);
    const process = new Deno.Command(command, {
      args,
      cwd: ROOT,
      env: { MEDIASOUP_WORKER_BIN: await findWorker() ?? "" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const answers = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const [greeting, rest] = await readAnswer(answers, "");
    return new Host(process, process.stdin.getWriter(), answers, greeting, rest);
  }

  /** Runs one command at a time; returns the response. Throws if it fails. */
  async ask<Answer = unknown>(command: Command): Promise<Answer> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    const [answer, rest] = await readAnswer(this.#answers, this.#rest);
    this.#rest = rest;
    return answer as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {/* it has exited by itself */});
    await this.#answers.cancel();
    await this.#process.status;
  }
}

/** The response in the next line, and the text after it. */
async function readAnswer(
  answers: ReadableStreamDefaultReader<string>,
  begun: string,
): Promise<[answer: unknown, rest: string]> {
  let text = begun;
  while (!text.includes("\n")) {
    const { value, done } = await answers.read();
    if (done) throw new Error("the host has ended");
    text += value;
  }
  const end = text.indexOf("\n");
  const line = JSON.parse(text.slice(0, end)) as { ok?: unknown; failed?: string };
  if (line.failed !== undefined) throw new Error(line.failed);
  return [line.ok, text.slice(end + 1)];
}

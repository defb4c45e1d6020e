import { eachLine } from "../../tools/child_process.ts";
import { ROOT } from "../../tools/places.ts";
import { findNode } from "../../tools/setup/node.ts";

/**
 * A program of this bench that runs on Node and takes commands as JSON lines. It exits when its standard
 * input closes.
 */
export class Side<Command> implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #asked: PromiseWithResolvers<unknown>[] = [];
  readonly #reading: Promise<void>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#reading = eachLine(process.stdout, (line) => {
      const { ok, failed } = JSON.parse(line) as { ok?: unknown; failed?: string };
      const asked = this.#asked.shift();
      if (failed === undefined) asked?.resolve(ok);
      else asked?.reject(new Error(failed));
    }).then(() => {
      for (const { reject } of this.#asked.splice(0)) reject(new Error("the program has ended"));
    });
  }

  /** Starts a program, given by its path from the root. */
  static async start<Command>(path: string): Promise<Side<Command>> {
    return new Side(
      new Deno.Command(await findNode() ?? "node", {
        args: ["--no-warnings", `${ROOT}/${path}`],
        cwd: ROOT,
        stdin: "piped",
        stdout: "piped",
      }).spawn(),
    );
  }

  /** Runs one command after another; returns the response. Rejects if it fails. */
  async ask<Answer = unknown>(command: Command): Promise<Answer> {
    const asked = Promise.withResolvers<unknown>();
    this.#asked.push(asked);
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    return await asked.promise as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {/* it has exited by itself */});
    await Promise.all([this.#process.status, this.#reading]);
  }
}

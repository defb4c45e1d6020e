import type { ChildResult } from "../child_process.ts";
import type { FreshMachine } from "./machine.ts";

/** `npm start` in a fresh machine, from start to stop. */
export class Product {
  /** As the product prints it: "http://localhost:8080". */
  readonly origin: string;
  readonly #machine: FreshMachine;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  /** npm's process id in the machine, which is also its process group. */
  readonly #pid: string;
  readonly #running: Promise<ChildResult>;

  private constructor(
    origin: string,
    machine: FreshMachine,
    folder: string,
    signal: AbortSignal,
    pid: string,
    running: Promise<ChildResult>,
  ) {
    this.origin = origin;
    this.#machine = machine;
    this.#folder = folder;
    this.#signal = signal;
    this.#pid = pid;
    this.#running = running;
  }

  /** Resolves when it reports that it is running; throws with the end of its output if it exits earlier. */
  static async start(machine: FreshMachine, folder: string, signal: AbortSignal): Promise<Product> {
    const ready = Promise.withResolvers<string>();
    let pid = "";
    const running = machine.run('echo "pid $$"; exec setsid npm start', folder, signal, (line) => {
      pid ||= /^pid (\d+)$/.exec(line)?.[1] ?? "";
      console.log(`  ${line}`);
      const origin = /is running: (http:\/\/\S+)/.exec(line)?.[1];
      if (origin !== undefined) ready.resolve(origin);
    });
    running.then(
      ({ code, output }) => ready.reject(new Error(`npm start ended with ${code}:\n${output.slice(-3_000)}`)),
      (error) => ready.reject(error),
    );
    return new Product(await ready.promise, machine, folder, signal, pid, running);
  }

  /** Throws if its page is not available. */
  async servesItsPage(): Promise<void> {
    const script = `node -e 'fetch("${this.origin}").then(async (answer) =>
      console.log(answer.status, /<title>([^<]*)/.exec(await answer.text())?.[1]))'`;
    const { output } = await this.#machine.run(script, this.#folder, this.#signal);
    if (!output.startsWith("200 Tafelrunde")) throw new Error(`the product's page: ${output}`);
  }

  /** Stops it like Ctrl-C in a terminal: the signal goes to the whole foreground process group. */
  async stop(): Promise<void> {
    const script = `kill -s INT -- -${this.#pid}`;
    const { code, output } = await this.#machine.run(script, this.#folder, this.#signal);
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${output}`);
    await this.#running;
  }
}

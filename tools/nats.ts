/**
 * A private NATS server for tests and `dev:cluster`: on a free port of 127.0.0.1, without files, stopped with
 * the process that started it.
 */
import { type BoundChild, startChild } from "./child_process.ts";
import { freeTcpPort } from "./ports.ts";
import { findNatsServer } from "./setup/for_tests.ts";

/** Longest wait for the server to accept connections, ms. Measured: 0.1 s. */
const DEADLINE_MS = 30_000;

/** A running NATS server. */
export interface NatsServer extends AsyncDisposable {
  /** "nats://127.0.0.1:PORT" */
  readonly url: string;
  /** Stops it and waits for its exit. */
  stop(): Promise<void>;
  /** Stops it if it is running, and starts it on the same port. */
  restart(): Promise<void>;
}

/** Starts a server. Throws if nats-server is not installed or does not accept connections within 30 s. */
export async function startNats(): Promise<NatsServer> {
  const command = await findNatsServer();
  if (command === undefined) {
    throw new Error("no NATS: apt-get install -y nats-server, or set NATS_SERVER_BIN");
  }
  const port = freeTcpPort();
  let server = await launch(command, port);
  const stop = async () => {
    await server.end();
    await server.process.status;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    stop,
    async restart() {
      await stop();
      server = await launch(command, port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function launch(command: string, port: number): Promise<BoundChild> {
  const child = startChild(command, ["--addr", "127.0.0.1", "--port", String(port)], {
    stdout: "null",
    stderr: "null",
  });
  let ended = false;
  void child.process.status.then(() => (ended = true));
  const begunAt = Date.now();
  while (!await accepts(port)) {
    if (ended || Date.now() - begunAt > DEADLINE_MS) {
      await child.end();
      throw new Error(`NATS did not start (port ${port})`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  return child;
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/**
 * A private PgBouncer for tests: on a free port of 127.0.0.1, in front of a database of tools/postgres.ts,
 * stopped with the process that started it.
 */
import { startChild } from "./child_process.ts";
import { freeTcpPort } from "./ports.ts";
import { findPgBouncer } from "./setup/for_tests.ts";

/** How it assigns its server connections to clients. */
export type PoolMode = "session" | "transaction";

/** Longest wait for it to accept connections, ms. Measured: 0.1 s. */
const DEADLINE_MS = 30_000;

/** A running PgBouncer. */
export interface PgBouncer extends AsyncDisposable {
  /** The database's URL through it. */
  readonly url: string;
}

/**
 * Starts one in front of the database at `url`. Throws if it is not installed or does not accept connections
 * within 30 s.
 */
export async function startPgBouncer(url: string, mode: PoolMode): Promise<PgBouncer> {
  const command = await findPgBouncer();
  if (command === undefined) throw new Error("no PgBouncer: apt-get install -y pgbouncer");
  const { hostname, port, pathname, username, password } = new URL(url);
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-pgbouncer-" });
  const own = freeTcpPort();
  const config = `${folder}/pgbouncer.ini`;
  const settings = [
    "[databases]",
    `* = host=${hostname} port=${port}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${own}`,
    "unix_socket_dir =",
    "auth_type = scram-sha-256",
    `auth_file = ${folder}/users`,
    `pool_mode = ${mode}`,
    "default_pool_size = 40",
    "max_client_conn = 200",
  ];
  await Deno.writeTextFile(config, `${settings.join("\n")}\n`);
  await Deno.writeTextFile(`${folder}/users`, `"${username}" "${decodeURIComponent(password)}"\n`);
  await Deno.chmod(folder, 0o755);
  // It refuses to run as root.
  const asUser = Deno.uid() === 0 ? ["-u", "nobody"] : [];
  const child = startChild(command, ["-q", ...asUser, config], { stdout: "null", stderr: "piped" });
  let ended = false;
  let said = "";
  void child.process.status.then(() => (ended = true));
  const reading = new Response(child.process.stderr).text().then((text) => (said = text));
  const begunAt = Date.now();
  while (!await accepts(own)) {
    if (ended || Date.now() - begunAt > DEADLINE_MS) {
      await child.end();
      await reading;
      throw new Error(`PgBouncer did not start (port ${own}):\n${said}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  const through = new URL(url);
  through.port = String(own);
  through.hostname = "127.0.0.1";
  through.pathname = pathname;
  return {
    url: through.href,
    async [Symbol.asyncDispose]() {
      await child.end();
      await child.process.status;
      await reading;
      await Deno.remove(folder, { recursive: true });
    },
  };
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

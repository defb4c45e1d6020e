/**
 * A private PostgreSQL server for tests: with its own temporary directory and port, stopped with the process
 * that started it, even if that is killed with -9. Never the machine's own cluster.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { findPostgresBin } from "./postgres_bin.ts";
import { type BoundChild, startChild } from "./child_process.ts";
import { freeTcpPort } from "./ports.ts";

/**
 * How PostgreSQL stops: waits for clients · disconnects them, clean · no shutdown checkpoint · SIGKILL, as in
 * a crash.
 */
export type StopMode = "smart" | "fast" | "immediate" | "kill";

const SIGNALS = { smart: "SIGTERM", fast: "SIGINT", immediate: "SIGQUIT", kill: "SIGKILL" } as const;

/**
 * Longest wait for the server to accept connections or to stop, ms. Measured: 0.2 s idle, 2 s on a busy
 * machine; a slow one takes many times that.
 */
const DEADLINE_MS = 120_000;

/** A file system in memory. Source: shm_overview(7). */
const MEMORY = "/dev/shm";

/**
 * What has to be free there, and besides that in the machine's memory, bytes. Measured: 0.3 GiB of data with
 * as many databases as all tests have at a time.
 */
const FREE_IN_MEMORY = 1024 ** 3;
const FREE_BESIDES = 2 * 1024 ** 3;

/** Databases on one server, wherever it runs. */
export interface TestDatabases {
  /** Admin URL: `postgres://user:password@127.0.0.1:port/postgres`, a superuser. */
  readonly url: string;
  /** Creates a database, empty or a copy of `template` (a name from `createTemplate`); returns its URL. */
  createDatabase(template?: string): Promise<string>;
  /**
   * Ensures that a template of this name ([a-z0-9_]) exists. Only the first process that asks creates it:
   * `prepare(url)` fills a new database and closes its connections to it. Returns the name of the template.
   */
  createTemplate(name: string, prepare: (url: string) => Promise<void>): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server that this process started and can therefore stop. */
export interface TestPostgres extends TestDatabases {
  /** Stops the server and waits for its exit; its data is kept until disposal. */
  stop(mode?: StopMode): Promise<void>;
  /** Starts it again on the same port and data; stops it first (`fast`) if it is running. */
  restart(): Promise<void>;
}

/**
 * The server named by TEST_DATABASE_URL (`deno task test` sets it), otherwise a new one. Disposal leaves the
 * former running and drops the databases that were created.
 */
export async function openPostgres(): Promise<TestDatabases> {
  const url = Deno.env.get("TEST_DATABASE_URL");
  if (!url) return await startPostgres();
  const { dropDatabases, ...databases } = databasesOn(url, await findPostgresBin());
  return { ...databases, [Symbol.asyncDispose]: dropDatabases };
}

/**
 * Starts a new server, on a free port of 127.0.0.1, with a scram password, without fsync (a test's data can
 * be lost with the machine). Its data is in `directory` if given, otherwise in memory if there is enough.
 * Throws if no PostgreSQL ≥ 15 is installed or if it does not accept connections within two minutes.
 */
export async function startPostgres(
  { directory = memoryFolder() }: { directory?: string | undefined } = {},
): Promise<TestPostgres> {
  const bin = await findPostgresBin();
  const owner = await ownerIds();
  const dir = await Deno.makeTempDir({
    prefix: "tafelrunde-postgres-",
    ...directory !== undefined && { dir: directory },
  });
  if (owner) await Deno.chown(dir, owner.uid, owner.gid);
  const password = randomBytes(12).toString("hex");
  const data = `${dir}/data`;
  await run(
    "sh",
    [
      "-c",
      `umask 077 && printf %s "$PASSWORD" >"$1/password" && exec "$2/initdb" -D "$1/data" -U postgres ` +
      `--pwfile="$1/password" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions`,
      "sh",
      dir,
      bin,
    ],
    { env: { PASSWORD: verifierOf(password) }, ...owner },
  );
  const port = freeTcpPort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  let server = await launch(bin, dir, port, owner);

  const stop = async (mode: StopMode = "fast") => {
    const pid = await postmasterPid(data);
    if (pid) Deno.kill(pid.pid, SIGNALS[mode]);
    const ended = await Promise.race([server.process.status.then(() => true), timeout(DEADLINE_MS)]);
    if (!ended) throw new Error(`PostgreSQL did not end within ${DEADLINE_MS} ms after ${SIGNALS[mode]}`);
  };
  const { dropDatabases: _, ...databases } = databasesOn(url, bin);
  return {
    ...databases,
    stop,
    async restart() {
      await stop();
      server = await launch(bin, dir, port, owner);
    },
    async [Symbol.asyncDispose]() {
      await server.end();
      await server.process.status;
      await Deno.remove(dir, { recursive: true }).catch(() => {});
    },
  };
}

/** A folder in memory; undefined if there is none, or too little memory. */
function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const isEnough = bavail * bsize >= FREE_IN_MEMORY &&
      Deno.systemMemoryInfo().available >= FREE_IN_MEMORY + FREE_BESIDES;
    return isEnough ? MEMORY : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What PostgreSQL stores of a password, with 1 iteration instead of 4096: tests open thousands of
 * connections. Source: RFC 5802, section 3; PostgreSQL, pg_authid.
 */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 1, 32, "sha256");
  const keyed = (name: string) => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$1:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
}

function databasesOn(url: string, bin: string) {
  const made: string[] = [];
  const urlOf = (name: string) => {
    const other = new URL(url);
    other.pathname = `/${name}`;
    return other.href;
  };
  const create = async (kind: string, template: string) => {
    const name = `${kind}_${randomBytes(6).toString("hex")}`;
    // Copying files takes half the processor time of the default, which writes all pages to the log.
    const how = [`--maintenance-db=${url}`, `--template=${template}`, "--strategy=file_copy"];
    await run(`${bin}/createdb`, [...how, name]);
    return name;
  };
  return {
    url,
    async createDatabase(template = "template0"): Promise<string> {
      const name = await create("test", template);
      made.push(name);
      return urlOf(name);
    },
    /** Ends all connections to the databases that `createDatabase` created here, and drops them. */
    async dropDatabases(): Promise<void> {
      for (const name of made.splice(0)) {
        await run(`${bin}/dropdb`, [`--maintenance-db=${url}`, "--force", name]);
      }
    },
    async createTemplate(name: string, prepare: (url: string) => Promise<void>): Promise<string> {
      const ask = (statement: string) => run(`${bin}/psql`, [url, "-AtXqc", statement]);
      const exists = async () => await ask(`select 1 from pg_database where datname = '${name}'`) !== "";
      if (await exists()) return name;
      const draft = await create("template", "template0");
      await prepare(urlOf(draft));
      try {
        await ask(`alter database ${draft} rename to ${name}`);
      } catch (error) {
        // Another process was faster: its template is equivalent.
        if (!await exists()) throw error;
        await ask(`drop database ${draft}`);
      }
      return name;
    },
  };
}

/**
 * Starts the server bound to this process and waits until it accepts connections; its
 * directory is removed afterwards.
 */
async function launch(bin: string, dir: string, port: number, owner: Owner | undefined): Promise<BoundChild> {
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${dir}`,
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "max_wal_size=128MB",
    "timezone=UTC",
  ];
  const args = ["-D", `${dir}/data`, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const child = startChild("sh", [
    "-c",
    'log=$1; shift; exec "$@" >>"$log" 2>&1',
    "sh",
    `${dir}/log`,
    `${bin}/postgres`,
    ...args,
  ], {
    cwd: "/",
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" },
    stdout: "null",
    stderr: "null",
    endWith: "QUIT",
    removeAfterwards: dir,
    ...owner,
  });
  const started = Date.now();
  let ended = false;
  child.process.status.then(() => (ended = true));
  while (!(await postmasterPid(`${dir}/data`))?.ready) {
    if (ended || Date.now() - started > DEADLINE_MS) {
      const log = await Deno.readTextFile(`${dir}/log`).catch(() => "");
      await child.end();
      throw new Error(`PostgreSQL did not start (port ${port}):\n${log.slice(-2000)}`);
    }
    await timeout(20);
  }
  return child;
}

/**
 * The running server's process id, and whether it accepts connections (line 8 of postmaster.pid); undefined:
 * not running.
 */
async function postmasterPid(data: string): Promise<{ pid: number; ready: boolean } | undefined> {
  const text = await Deno.readTextFile(`${data}/postmaster.pid`).catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!pid) return undefined;
  try {
    await Deno.stat(`/proc/${pid}`);
  } catch {
    return undefined;
  }
  return { pid, ready: lines[7]?.trim() === "ready" };
}

interface Owner {
  uid: number;
  gid: number;
}

/**
 * The user to run PostgreSQL as, since it refuses to run as root: the package's `postgres` user, otherwise
 * `nobody`. Undefined: the current user.
 */
async function ownerIds(): Promise<Owner | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const passwd = await Deno.readTextFile("/etc/passwd");
  for (const name of ["postgres", "nobody"]) {
    const line = passwd.split("\n").find((entry) => entry.startsWith(`${name}:`))?.split(":");
    if (line) return { uid: Number(line[2]), gid: Number(line[3]) };
  }
  throw new Error("PostgreSQL does not run as root, and neither user postgres nor nobody exists");
}

/** Runs a program to completion; returns its standard output. Throws if it fails. */
async function run(
  command: string,
  args: string[],
  options: Partial<Owner> & { env?: Record<string, string> } = {},
): Promise<string> {
  const { env, ...owner } = options;
  const result = await new Deno.Command(command, {
    args,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", ...env },
    cwd: "/",
    stdout: "piped",
    stderr: "piped",
    ...owner,
  }).output();
  if (!result.success) {
    throw new Error(`${command} ended with ${result.code}:\n${new TextDecoder().decode(result.stderr)}`);
  }
  return new TextDecoder().decode(result.stdout).trim();
}

const timeout = (ms: number) => new Promise<undefined>((done) => setTimeout(() => done(undefined), ms));

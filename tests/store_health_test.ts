import assert from "node:assert/strict";
import { PostgresConnection } from "../edge/store/postgres.ts";
import { createEmptyDatabase } from "../edge/store/template_for_tests.ts";
import { openPostgres, startPostgres } from "../tools/postgres.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Interval of polling, ms. */
const LOOK_MS = 100;

/** Polls the health until it has this status; returns its report of the store. */
async function healthIs({ origin }: TestEdge, status: number): Promise<boolean> {
  for (;;) {
    const answer = await fetch(`${origin}/v1/health`);
    const { store } = await answer.json();
    if (answer.status === status) return store;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function makeRoom({ origin }: TestEdge): Promise<number> {
  const answer = await fetch(`${origin}/v1/rooms`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ name: "Rat" }),
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Runs statements on the server of `url` as administrator, unaffected by the database's settings. */
async function administer(url: string, ...statements: string[]): Promise<void> {
  const admin = new URL(url);
  admin.pathname = "/postgres";
  const connection = new PostgresConnection({ connectionString: admin.href });
  await connection.connect();
  try {
    for (const statement of statements) await connection.askWithin(10_000, statement);
  } finally {
    await connection.end();
  }
}

for (const serving of ["server", "function"] as const) {
  Deno.test(`[A6] health reflects the service: a database that has become read-only (${serving})`, async (t) => {
    await using server = await openPostgres();
    const url = await createEmptyDatabase(server);
    const name = new URL(url).pathname.slice(1);
    await using edge = await startTestEdge({ env: { DATABASE_URL: url }, serving });
    const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
    await healthIs(edge, 200);

    await t.step("it is unhealthy, and requests are refused by name", async () => {
      // Existing connections are cut, as in a failover; new ones are read-only.
      await administer(
        url,
        `alter database ${name} set default_transaction_read_only = on`,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
      assert.equal(await healthIs(edge, 503), false);
      assert.equal(await makeRoom(edge), 503);
      const answer = await anna.ask({ type: "chat.post", text: "into stone" });
      assert.equal(answer.type === "refused" && answer.code, "store.unavailable");
    });
    await t.step(
      "connections that have failed this way are discarded: it is healthy once the next one can write",
      async () => {
        await administer(url, `alter database ${name} set default_transaction_read_only = off`);
        assert.equal(await healthIs(edge, 200), true);
        for (let room = 0; room < 12; room++) assert.equal(await makeRoom(edge), 201);
        assert.equal((await anna.ask({ type: "chat.post", text: "on paper" })).type, "chat.posted");
      },
    );
    const told = edge.complaints.filter((line) => line.includes('"store.lost"'));
    assert.ok(told.length >= 1 && told.length <= 3, told.join("\n"));
    assert.match(told.at(-1)!, /read-only|terminat|lost/);
    await anna.close();
  });
}

Deno.test({
  name: "[A6] health reflects the service: a full disk",
  // A separate file system needs the right to mount one.
  ignore: !new Deno.Command("unshare", { args: ["--mount", "true"] }).outputSync().success,
  async fn(t) {
    await using disk = await SmallDisk.mount();
    await using server = await startPostgres({ directory: disk.path });
    const url = await createEmptyDatabase(server);
    await using edge = await startTestEdge({ env: { DATABASE_URL: url } });
    await healthIs(edge, 200);
    await t.step(
      "it is unhealthy, although there was no request, and requests are refused by name",
      async () => {
        await disk.fill();
        assert.equal(await healthIs(edge, 503), false);
        const client = await fetch(`${edge.origin}/v1/version`);
        assert.equal(client.status, 200, "what needs no database goes on");
        await client.body?.cancel();
      },
    );
    await t.step("with space, it is healthy again", async () => {
      await disk.clear();
      assert.equal(await healthIs(edge, 200), true);
      assert.equal(await makeRoom(edge), 201);
    });
    assert.match(edge.complaints.join("\n"), /"store.lost".*No space left on device/);
  },
});

/** Size of the small disk: PostgreSQL's own data takes 40 MB, the first of its log 16, bytes. */
const DISK_BYTES = 160 * 1024 * 1024;

/** A separate file system that a test can fill. */
class SmallDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "tafelrunde-disk-" });
    await run("mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=0777`, "tmpfs", path);
    return new SmallDisk(path);
  }

  /** Fills it to the last byte. */
  async fill(): Promise<void> {
    using file = await Deno.open(`${this.path}/filler`, { create: true, append: true });
    const bytes = new Uint8Array(256 * 1024);
    try {
      for (;;) await file.write(bytes);
    } catch (error) {
      if (!(error instanceof Error) || !/No space left/.test(error.message)) throw error;
    }
  }

  async clear(): Promise<void> {
    await Deno.remove(`${this.path}/filler`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", "--lazy", this.path);
    await Deno.remove(this.path);
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}

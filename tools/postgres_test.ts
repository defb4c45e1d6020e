import assert from "node:assert/strict";
import { findPostgresBin } from "./postgres_bin.ts";
import { startPostgres } from "./postgres.ts";

async function psql(url: string, sql: string): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(`${await findPostgresBin()}/psql`, {
    args: [url, "-AtXc", sql],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("a private PostgreSQL clones a template, keeps its data over stops and a crash, and leaves nothing behind", async () => {
  let directory: string;
  {
    await using postgres = await startPostgres();
    assert.match(await psql(postgres.url, "show server_version"), /^\d+/);
    directory = await psql(postgres.url, "show data_directory");
    const prepare = async (url: string) => {
      await psql(url, "create table guest (name text); insert into guest values ('Ada')");
    };
    const [template] = await Promise.all([
      postgres.createTemplate("guests", prepare),
      postgres.createTemplate("guests", prepare),
    ]);
    await postgres.createTemplate("guests", () => assert.fail("it is there already"));
    assert.equal(
      await psql(postgres.url, "select count(*) from pg_database where datname ~ 'guests|template_'"),
      "1",
    );
    const [one, two] = await Promise.all([
      postgres.createDatabase(template),
      postgres.createDatabase(template),
    ]);
    await psql(one, "insert into guest values ('Lovelace')");
    assert.equal(await psql(one, "select count(*) from guest"), "2");
    assert.equal(await psql(two, "select count(*) from guest"), "1");
    for (const mode of ["fast", "immediate", "kill"] as const) {
      await postgres.stop(mode);
      await assert.rejects(psql(one, "select 1"));
      await postgres.restart();
      assert.equal(await psql(one, "select count(*) from guest"), "2", mode);
    }
  }
  await assert.rejects(Deno.stat(directory), Deno.errors.NotFound);
});

Deno.test("a PostgreSQL whose starter is killed with -9 stops and removes its directory", async () => {
  const module = new URL("./postgres.ts", import.meta.url).href;
  const starter = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const {startPostgres} = await import("${module}"); console.log((await startPostgres()).url); setInterval(() => {}, 1000)`,
    ],
    stdout: "piped",
  }).spawn();
  const url = await firstLine(starter.stdout);
  const directory = await psql(url, "show data_directory");
  starter.kill("SIGKILL");
  await starter.status;
  const deadline = Date.now() + 120_000;
  while (await Deno.stat(directory).then(() => true, () => false)) {
    assert.ok(Date.now() < deadline, `${directory} is still there`);
    await new Promise((done) => setTimeout(done, 50));
  }
  await assert.rejects(psql(url, "select 1"));
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

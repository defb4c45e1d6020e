import { PGlite } from "@electric-sql/pglite";
import { createHash } from "node:crypto";
import { CACHE } from "../../tools/places.ts";
import type { TestDatabases } from "../../tools/postgres.ts";
import { openPostgres, pgliteStore, type Store } from "./open.ts";
import { PGLITE_OPTIONS } from "./pglite.ts";

/** Where data directories of PGlite are kept between runs. */
const FOLDER = `${CACHE}/templates`;

/** Age from which a template that nobody has used counts as left behind, ms. */
const LEFT_BEHIND_MS = 14 * 24 * 60 * 60_000;

/** What an empty database of today's schema depends on. */
const SOURCES = ["./migrate.ts", "../package.json"];

/** Names today's schema: a hash of the migrations, what applies them, and the packages' versions. */
function schemaName(): string {
  const folder = new URL("../../sql/", import.meta.url);
  const migrations = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const hash = createHash("sha256");
  for (const name of migrations) hash.update(name).update(Deno.readFileSync(new URL(name, folder)));
  for (const path of SOURCES) hash.update(Deno.readFileSync(new URL(path, import.meta.url)));
  return hash.digest("hex").slice(0, 16);
}

let dump: Promise<Blob> | undefined;

/**
 * A PGlite in memory with today's schema and no rows. Made from a data directory that the first test on this machine
 * leaves in the cache: that takes a fifth of the time of a new one.
 */
export async function openEmptyPglite(): Promise<Store> {
  dump ??= readDump();
  return await pgliteStore(await PGlite.create({ ...PGLITE_OPTIONS, loadDataDir: await dump }));
}

async function readDump(): Promise<Blob> {
  // Unpacked once for all databases of this process.
  const packed = new Blob([await Deno.readFile(await makeDump())]).stream();
  const tar = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  return new File([tar], "data.tar", { type: "application/x-tar" });
}

/** Fills a new folder with the data of a PGlite with today's schema and no rows, for who starts an edge on it. */
export async function fillPgliteFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const args = ["--extract", "--gzip", "--file", await makeDump(), "--directory", folder];
  const { success, stderr } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error(`tar failed:\n${new TextDecoder().decode(stderr)}`);
}

/** Makes sure that there is a dumped data directory; gives its path. */
async function makeDump(): Promise<string> {
  const path = `${FOLDER}/pglite-${schemaName()}.tar.gz`;
  try {
    await Deno.utime(path, new Date(), new Date());
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const client = await PGlite.create(PGLITE_OPTIONS);
  await using _store = await pgliteStore(client);
  const made = await client.dumpDataDir("gzip");
  await sweep();
  // Others may make the same at this moment: each writes a file of its own, and the last one stays.
  const draft = `${path}-${crypto.randomUUID()}`;
  await Deno.writeFile(draft, new Uint8Array(await made.arrayBuffer()));
  await Deno.rename(draft, path);
  return path;
}

/** Makes the folder, and removes from it what no test has used for long. Others may do the same, or rename their drafts, at this moment. */
async function sweep(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const { name } of Deno.readDir(FOLDER)) {
    try {
      const { mtime } = await Deno.stat(`${FOLDER}/${name}`);
      if (mtime && Date.now() - mtime.getTime() > LEFT_BEHIND_MS) await Deno.remove(`${FOLDER}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** The templates of the servers that this process has asked, by their URLs. */
const templates = new Map<string, Promise<string>>();

/** A new database with today's schema and no rows, on a server of tools/postgres.ts; gives its URL. */
export async function createEmptyDatabase(server: TestDatabases): Promise<string> {
  const template = templates.get(server.url) ??
    server.createTemplate(`schema_${schemaName()}`, async (url) => {
      await using _store = await openPostgres(url);
    });
  templates.set(server.url, template);
  return await server.createDatabase(await template);
}

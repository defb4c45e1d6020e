import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { createHash } from "node:crypto";
import { CACHE } from "../../tools/places.ts";
import type { TestDatabases } from "../../tools/postgres.ts";
import { openPostgres, pgliteStore, type Store } from "./open.ts";
import { PGLITE_OPTIONS } from "./pglite.ts";

/** Folder for data directories of PGlite, kept between runs. */
const FOLDER = `${CACHE}/templates`;

/** Age at which an unused template is deleted, ms. */
const LEFT_BEHIND_MS = 14 * 24 * 60 * 60_000;

/** The files that the template depends on besides the migrations. */
const SOURCES = ["./migrate.ts", "../package.json"];

/**
 * A name for the current schema: a hash of the migrations, the code that applies them, and the package
 * versions.
 */
function schemaName(): string {
  const folder = new URL("../../sql/", import.meta.url);
  const migrations = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const hash = createHash("sha256");
  for (const name of migrations) hash.update(name).update(Deno.readFileSync(new URL(name, folder)));
  for (const path of SOURCES) hash.update(Deno.readFileSync(new URL(path, import.meta.url)));
  return hash.digest("hex").slice(0, 16);
}

/** What all databases of this process are made from. */
let parts: Promise<PGliteOptions> | undefined;

/**
 * A PGlite in memory with the current schema and no rows. Loaded from a data directory that the first test on
 * this machine leaves in the cache: that takes a tenth of the time of a new one.
 */
export async function openEmptyPglite(): Promise<Store> {
  parts ??= readParts();
  return await pgliteStore(await PGlite.create({ ...PGLITE_OPTIONS, ...await parts }));
}

async function readParts(): Promise<PGliteOptions> {
  const program = import.meta.resolve("@electric-sql/pglite");
  const [data, files, code] = await Promise.all([
    makeDump().then((path) => Deno.readFile(path)),
    Deno.readFile(new URL("./pglite.data", program)),
    Deno.readFile(new URL("./pglite.wasm", program)),
  ]);
  return {
    loadDataDir: new SharedFile(data, "data.tar"),
    fsBundle: new SharedFile(files, "pglite.data"),
    pgliteWasmModule: await WebAssembly.compile(code),
  };
}

/** A file whose readers, who change nothing in it, all get the same bytes instead of a copy. */
class SharedFile extends File {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>, name: string) {
    super([], name);
    this.#bytes = bytes;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.buffer);
  }
}

/**
 * Fills a new folder with the data of a PGlite with the current schema and no rows, for starting an edge on
 * it.
 */
export async function fillPgliteFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const args = ["--extract", "--file", await makeDump(), "--directory", folder];
  const { success, stderr } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error(`tar failed:\n${new TextDecoder().decode(stderr)}`);
}

/** Makes sure that a dumped data directory exists; returns its path. */
async function makeDump(): Promise<string> {
  const path = `${FOLDER}/pglite-${schemaName()}.tar`;
  try {
    await Deno.utime(path, new Date(), new Date());
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const client = await PGlite.create(PGLITE_OPTIONS);
  await using _store = await pgliteStore(client);
  // Nobody creates a database in it: without PostgreSQL's own templates there are a third of the files to
  // load.
  await client.exec("update pg_database set datistemplate = false");
  for (const name of ["template0", "template1"]) await client.exec(`drop database ${name}`);
  const made = await client.dumpDataDir("none");
  await sweep();
  // Other processes might create the same one now: each writes its own file, and the last rename wins.
  const draft = `${path}-${crypto.randomUUID()}`;
  await Deno.writeFile(draft, new Uint8Array(await made.arrayBuffer()));
  await Deno.rename(draft, path);
  return path;
}

/**
 * Creates the folder, and deletes templates unused for long. Other processes might do the same, or rename
 * their drafts, at the same time.
 */
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

/** The templates of the servers used by this process, by URL. */
const templates = new Map<string, Promise<string>>();

/**
 * Creates a database with the current schema and no rows on a server of tools/postgres.ts; returns its URL.
 */
export async function createEmptyDatabase(server: TestDatabases): Promise<string> {
  const template = templates.get(server.url) ??
    server.createTemplate(`schema_${schemaName()}`, async (url) => {
      await using _store = await openPostgres(url);
    });
  templates.set(server.url, template);
  return await server.createDatabase(await template);
}

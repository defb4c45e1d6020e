/**
 * Prints the link that creates the first account: `deno run -A edge/first_admin.ts`, with the edge's
 * variables. For installations on PostgreSQL whose edges keep no files; for others the link is in DATA_DIR.
 */
import { readConfig } from "./config.ts";
import { makeFirstAdminLink } from "./identity/one_time_link.ts";
import { openPostgres } from "./store/open.ts";

/** The file in DATA_DIR with the link. */
const FILE = "first-admin-link";

/** The text in an edge's log line `ready` if the link could not be written to a file. */
export const HOW_TO_GET_IT = "edge/first_admin.ts prints the link";

/**
 * Writes the link to a file that only the operator can read, and returns its path: in a log, others could
 * read it. `link` undefined: there is an operator; an old file is deleted.
 */
export async function leaveFirstAdminLink(
  dataDir: string,
  link: string | undefined,
): Promise<string | undefined> {
  const path = `${dataDir}/${FILE}`;
  await Deno.remove(path).catch(() => {/* no file, or no writable folder */});
  if (link === undefined) return undefined;
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(path, `${link}\n`, { mode: 0o600, createNew: true });
    return path;
  } catch {
    return HOW_TO_GET_IT;
  }
}

if (import.meta.main) {
  const { DATABASE_URL, PUBLIC_URL } = readConfig((name) => Deno.env.get(name));
  if (DATABASE_URL === "") throw new Error("Without DATABASE_URL, the edge leaves the link in DATA_DIR.");
  await using store = await openPostgres(DATABASE_URL);
  const link = await makeFirstAdminLink(
    store.db,
    new URL(PUBLIC_URL || "http://localhost:8080").origin,
    Date.now(),
  );
  console.log(link?.url ?? "Somebody runs this installation already.");
}

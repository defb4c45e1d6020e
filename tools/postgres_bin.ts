/**
 * Lowest PostgreSQL version that the product supports. Debian 12 has exactly this one, so tests use it if it
 * is installed.
 */
export const LOWEST_POSTGRES = 15;

/**
 * Folder with `postgres`, `initdb` and `createdb`: POSTGRES_BIN, otherwise Debian's, 15 first. Throws if
 * there is none.
 */
export async function findPostgresBin(): Promise<string> {
  const named = Deno.env.get("POSTGRES_BIN");
  if (named) return named;
  const found: number[] = [];
  try {
    for await (const entry of Deno.readDir("/usr/lib/postgresql")) {
      const version = Number(entry.name);
      if (version >= LOWEST_POSTGRES && await isFile(`/usr/lib/postgresql/${version}/bin/initdb`)) {
        found.push(version);
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (!found.length) {
    throw new Error("no PostgreSQL ≥ 15: apt-get install -y postgresql-15, or set POSTGRES_BIN");
  }
  return `/usr/lib/postgresql/${Math.min(...found)}/bin`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

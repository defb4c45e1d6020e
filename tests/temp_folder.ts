const made: string[] = [];

addEventListener("unload", () => {
  for (const folder of made) {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
});

/** Creates an empty folder that is removed when this process ends, if it still exists; returns its path. */
export async function makeTempFolder(prefix: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix });
  made.push(folder);
  return folder;
}

/// <reference lib="deno.worker" />
import { makePgliteFiles } from "./pglite.ts";

/** Makes a database in the directory that it is told. Answers `{}`, or what failed. */
self.addEventListener("message", async ({ data }: MessageEvent<string>) => {
  try {
    await makePgliteFiles(data);
    self.postMessage({});
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
});

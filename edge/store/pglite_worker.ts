/// <reference lib="deno.worker" />
import { makePgliteFiles } from "./pglite.ts";

/** Creates a database in the given directory. Answers `{}`, or the error. */
self.addEventListener("message", async ({ data }: MessageEvent<string>) => {
  try {
    await makePgliteFiles(data);
    self.postMessage({});
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
});

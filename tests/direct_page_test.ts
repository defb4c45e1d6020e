import assert from "node:assert/strict";
import { directChunks } from "../edge/http/web.ts";
import { WEB_DIR } from "../tools/setup/web_app.ts";

Deno.test("the page of the fast path preloads chunks that the build has", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(`${WEB_DIR}/.vite/manifest.json`));
  const chunks = [...directChunks("en"), ...directChunks("de")];
  assert.deepEqual(chunks.filter((key) => manifest[key] === undefined), []);
});

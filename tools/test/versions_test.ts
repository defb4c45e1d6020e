import assert from "node:assert/strict";
import { describePrograms } from "./versions.ts";

Deno.test("the log of a run lists the version of every program that tests use", async () => {
  assert.match(
    await describePrograms(),
    /^Deno 2\.\S+, Chromium \d+\.\S+, Chromium for pages \d+\.\S+, Firefox \d+\.\S+, Node \d+\.\S+, PostgreSQL \d+\.\S+, NATS \d+\.\S+$/,
  );
});

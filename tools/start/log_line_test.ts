import assert from "node:assert/strict";
import { readLogLine } from "./log_line.ts";

Deno.test("a ready line returns its fields and is no trouble", () => {
  const line = readLogLine('{"level":"info","event":"ready","port":8080}', "stdout");
  assert.equal(line.event, "ready");
  assert.equal(line.fields.port, 8080);
  assert.equal(line.trouble, undefined);
});

Deno.test("of warnings and errors, users see the event and the message, not the stack", () => {
  const text =
    '{"level":"error","event":"cannotStart","error":{"name":"E","message":"disk full","stack":"at x"}}';
  assert.equal(readLogLine(text, "stdout").trouble, "cannotStart: disk full");
});

Deno.test("other text is trouble on standard error only", () => {
  assert.equal(readLogLine("Segmentation fault", "stderr").trouble, "Segmentation fault");
  assert.equal(readLogLine("a banner", "stdout").trouble, undefined);
  assert.equal(readLogLine("{broken", "stdout").trouble, undefined);
});

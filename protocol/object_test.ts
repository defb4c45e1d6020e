import assert from "node:assert/strict";
import * as v from "valibot";
import * as http from "./http.ts";
import * as media from "./media.ts";
import * as everything from "./mod.ts";

Deno.test("[A4] no object schema accepts a list, or any other value that only looks like an object", () => {
  let count = 0;
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const part = value as { kind?: string; type?: string };
    if (
      part.kind === "schema" &&
      ["object", "strict_object", "loose_object", "record"].includes(part.type ?? "")
    ) {
      count++;
      for (const wrong of [[], [1], null, "", 0]) {
        assert.equal(
          v.safeParse(value as v.GenericSchema, wrong).success,
          false,
          `${path}: ${JSON.stringify(wrong)}`,
        );
      }
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`);
  };
  visit({ ...everything, ...http, ...media }, "protocol");
  assert.ok(count > 150, `${count} shapes`);
});

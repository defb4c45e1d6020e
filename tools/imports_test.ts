import assert from "node:assert/strict";
import { findImportFaults, importsOf } from "./imports.ts";

const faultsOf = (files: Record<string, string>) => findImportFaults(new Map(Object.entries(files)));

Deno.test("imports are found in every form, and not in comments or strings", () => {
  const source = `
    import a, { type B } from "./a.ts"; import "./effect.ts";
    import type { C } from './c.ts'
    import {
      d,
    } from "./d.ts";
    export { e } from "./e.ts";
    export * from "./f.ts";
    const g = await import("./g.ts"); // import "./no.ts"
    /* import h from "./no.ts" */
    const text = 'a line from "./no.ts"';
    export const word = "./no.ts";
  `;
  const imports = importsOf(source);
  assert.deepEqual(imports.filter(({ typeOnly }) => typeOnly), [{ specifier: "./c.ts", typeOnly: true }]);
  assert.deepEqual(
    imports.map(({ specifier }) => specifier).sort(),
    ["./a.ts", "./c.ts", "./d.ts", "./e.ts", "./effect.ts", "./f.ts", "./g.ts"],
  );
});

Deno.test("imports along the allowed arrows pass, all others are listed", () => {
  assert.deepEqual(
    faultsOf({
      "web/src/a.ts": `import "@tafelrunde/protocol"; import "solid-js";`,
      "edge/a.ts": `import "@tafelrunde/protocol/media"; import "../sql/x.ts"; import "node:crypto";`,
      "media/src/a.ts": `import "@tafelrunde/protocol";`,
      "protocol/mod.ts": `import * as v from "valibot";`,
      "protocol/x_test.ts": `import "node:assert/strict";`,
      "edge/store/x_test.ts": `import "../../tools/postgres.ts";`,
      "tests/a.ts": `import "../edge/a.ts"; import "../tools/postgres.ts";`,
    }),
    [],
  );
  const faults = faultsOf({
    "web/src/b.ts": `import "../../edge/a.ts";`,
    "edge/b.ts": `import "../media/src/a.ts";`,
    "edge/c.ts": `import "../tools/postgres.ts";`,
    "media/src/b.ts": `import "@tafelrunde/edge";`,
    "protocol/b.ts": `import "node:crypto";`,
  });
  assert.equal(faults.length, 5);
  for (
    const [index, path] of ["web/src/b.ts", "edge/b.ts", "edge/c.ts", "media/src/b.ts", "protocol/b.ts"]
      .entries()
  ) {
    assert.match(faults[index] ?? "", new RegExp(`^${path}: `));
  }
});

Deno.test("a cycle is listed once, with its whole path", () => {
  assert.deepEqual(
    faultsOf({
      "edge/a.ts": `import "./b.ts";`,
      "edge/b.ts": `import "./c.ts";`,
      "edge/c.ts": `import "./a.ts"; import "./d.ts";`,
      "edge/d.ts": `import type { A } from "./a.ts";`,
    }),
    ["cycle: edge/a.ts → edge/b.ts → edge/c.ts → edge/a.ts"],
  );
});

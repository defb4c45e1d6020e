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

Deno.test("inside edge/, each layer imports only from lower ones, and types count", () => {
  // The check reads this file too.
  const called = "import";
  assert.deepEqual(
    faultsOf({
      "edge/edge.ts": `import "./http/app.ts"; import "./store/open.ts";`,
      "edge/http/rooms.ts": `import "../rooms/room.ts";`,
      "edge/http/links.ts": `import "./route.ts";`,
      "edge/rooms/room.ts": `import "../config.ts";`,
      "edge/identity/oidc/flow.ts": `import "../../store/oidc_flow.ts";`,
      "edge/identity/oidc/claims.ts": `import "../session.ts";`,
      "edge/meetings/plan_test.ts": `import "../http/meetings.ts";`,
      "edge/meetings/plan_for_tests.ts": `import "../http/meetings.ts";`,
    }),
    [],
  );
  assert.deepEqual(
    faultsOf({
      "edge/meetings/plan.ts": `import { ProblemError } from "../http/problem.ts";`,
      "edge/rooms/room.ts": `import { type Route, route } from "../http/route.ts";`,
      "edge/identity/oidc/flow.ts": `import type { Route } from "../../http/route.ts";`,
      "edge/identity/oidc/claims.ts": `import { storable } from "../../rooms/text.ts";`,
      "edge/store/meeting.ts": `let time: ${called}("../meetings/series.ts").Exception;`,
      "edge/mail/mail.ts": `export type { Route } from "../http/route.ts";`,
      "edge/fleet/fleet.ts": `export * from "../http/route.ts";`,
      "edge/bus/bus.ts": `await ${called}("../http/route.ts");`,
    }),
    [
      "edge/meetings/plan.ts: imports ../http/problem.ts; edge/meetings/ may not know edge/http/",
      "edge/rooms/room.ts: imports ../http/route.ts; edge/rooms/ may not know edge/http/",
      "edge/identity/oidc/flow.ts: imports ../../http/route.ts; edge/identity/ may not know edge/http/",
      "edge/identity/oidc/claims.ts: imports ../../rooms/text.ts; edge/identity/ may not know edge/rooms/",
      "edge/store/meeting.ts: imports ../meetings/series.ts; edge/store/ may not know edge/meetings/",
      "edge/mail/mail.ts: imports ../http/route.ts; edge/mail/ may not know edge/http/",
      "edge/fleet/fleet.ts: imports ../http/route.ts; edge/fleet/ may not know edge/http/",
      "edge/bus/bus.ts: imports ../http/route.ts; edge/bus/ may not know edge/http/",
    ],
  );
});

Deno.test("what processes share can use modules of Node, and no page imports it", () => {
  assert.deepEqual(
    faultsOf({
      "protocol/process/watchdog.ts": `import { connect } from "node:net";`,
      "protocol/process/places.ts": `import { backoffMs } from "../backoff.ts";`,
      "edge/main.ts": `import { makeLog } from "@tafelrunde/protocol/process/log";`,
      "media/src/main.ts": `import { makeLog } from "@tafelrunde/protocol/process/log";`,
    }),
    [],
  );
  assert.deepEqual(
    faultsOf({
      "protocol/process/log.ts": `import "ws";`,
      "protocol/backoff.ts": `import "node:net";`,
      "protocol/room.ts": `import "./process/log.ts";`,
      "web/src/main.tsx": `import type { Log } from "@tafelrunde/protocol/process/log";`,
    }),
    [
      "protocol/process/log.ts: imports ws; protocol/ uses valibot and nothing else",
      "protocol/backoff.ts: imports node:net; protocol/ uses valibot and nothing else",
      "protocol/room.ts: imports ./process/log.ts; protocol/process/ is for processes on servers",
      "web/src/main.tsx: imports @tafelrunde/protocol/process/log; protocol/process/ is for processes on servers",
    ],
  );
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

import assert from "node:assert/strict";
import { base32, type EdgeId } from "@tafelrunde/protocol";
import { countingFaults, reportFault } from "@tafelrunde/protocol/process/faults";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { StoreMonitor } from "./monitor.ts";
import type { Store } from "./open.ts";
import { StoreUnavailable, warnOf } from "./unavailable.ts";

Deno.test("an unavailable database is not our fault, and is logged once", () => {
  const lines: string[] = [];
  let faults = 0;
  const plain = makeLog((line) => lines.push(line));
  const monitor = new StoreMonitor({
    store: {} as Store,
    edgeId: base32(new Uint8Array(10)) as EdgeId,
    version: 1,
    log: plain,
    versionChanged: () => {},
  });
  const log = monitor.once(countingFaults(plain, () => faults++)).with({ node: "fra" });
  for (const code of ["57P01", "08006", "53300", "25006"]) {
    reportFault(log, "http", Object.assign(new Error("away"), { code }));
  }
  reportFault(log, "http", new StoreUnavailable("away"));
  warnOf(log, "rooms.late", new StoreUnavailable("away"));
  assert.equal(faults, 0);
  reportFault(log, "http", Object.assign(new Error("a NUL"), { code: "22021" }));
  // An error from another server: database errors have their own classes.
  reportFault(log, "http", Object.assign(new Error("away"), { code: "ECONNREFUSED" }));
  assert.equal(faults, 2);
  assert.equal(lines.filter((line) => line.includes('"event":"store.away"')).length, 1);
});

import assert from "node:assert/strict";
import * as v from "valibot";
import { TimeZone } from "./time_zone.ts";

Deno.test("a time zone has one spelling, whatever the case of its letters", () => {
  for (const name of ["europe/berlin", "EUROPE/BERLIN", "Europe/Berlin"]) {
    assert.equal(v.parse(TimeZone, name), "Europe/Berlin");
  }
  for (const name of ["Asia/Kolkata", "Asia/Calcutta", "UTC"]) assert.equal(v.parse(TimeZone, name), name);
  for (const name of ["Europe/Nowhere", "+01:00", ""]) {
    assert.equal(v.safeParse(TimeZone, name).success, false);
  }
});

import assert from "node:assert/strict";
import { sayRange } from "./language.ts";

const say = (from: string, to: string, language: "de" | "en", zone = "Europe/Berlin") =>
  sayRange(Date.parse(from), Date.parse(to), zone, language);

Deno.test("[D15] a mail has the offset of both ends if clocks change in between", () => {
  assert.equal(
    say("2027-10-31T00:45Z", "2027-10-31T01:15Z", "de"),
    "Sonntag, 31. Oktober 2027 um 02:45 MESZ – Sonntag, 31. Oktober 2027 um 02:15 MEZ",
  );
  assert.equal(
    say("2027-10-31T00:30Z", "2027-10-31T01:30Z", "en"),
    "Sunday, 31 October 2027 at 02:30 CEST – Sunday, 31 October 2027 at 02:30 CET",
  );
  assert.equal(
    say("2027-03-28T00:45Z", "2027-03-28T01:15Z", "de"),
    "Sonntag, 28. März 2027 um 01:45 MEZ – Sonntag, 28. März 2027 um 03:15 MESZ",
  );
  assert.match(
    say("2027-04-03T14:40Z", "2027-04-03T15:10Z", "en", "Australia/Lord_Howe"),
    /GMT\+11.*GMT\+10:30/,
  );
});

Deno.test("[D15] a mail has any other range in one", () => {
  assert.equal(
    say("2027-10-31T00:45Z", "2027-10-31T00:55Z", "de"),
    "Sonntag, 31. Oktober 2027, 02:45–02:55 Uhr MESZ",
  );
});

/// <reference lib="deno.ns" />
import { equal } from "node:assert/strict";
import { fullSpanOf, spanOf } from "./when.ts";

const BERLIN = "Europe/Berlin";
const said = (from: string, to: string, language: string, zone = BERLIN) =>
  spanOf(Date.parse(from), Date.parse(to), zone, language).replaceAll(/\s/g, " ");

Deno.test("[D15] a span during which the clocks change shows both offsets, in both languages", () => {
  equal(said("2027-10-31T00:45Z", "2027-10-31T01:15Z", "de"), "02:45 MESZ – 02:15 MEZ");
  equal(said("2027-10-31T00:45Z", "2027-10-31T01:15Z", "en"), "02:45 CEST – 02:15 CET");
  equal(said("2027-10-31T00:30Z", "2027-10-31T01:30Z", "en"), "02:30 CEST – 02:30 CET", "not one time");
  equal(said("2027-10-30T20:00Z", "2027-10-31T01:00Z", "en"), "22:00 CEST – 02:00 CET");
  equal(said("2027-03-28T00:45Z", "2027-03-28T01:15Z", "en"), "01:45 CET – 03:15 CEST");
  equal(
    said("2027-11-07T05:30Z", "2027-11-07T06:30Z", "en", "America/New_York"),
    "01:30 GMT-4 – 01:30 GMT-5",
  );
  const full = fullSpanOf(Date.parse("2027-10-31T00:30Z"), Date.parse("2027-10-31T01:30Z"), BERLIN, "de");
  equal(full, "Sonntag, 31. Oktober 2027 um 02:30 MESZ – Sonntag, 31. Oktober 2027 um 02:30 MEZ");
});

Deno.test("[D15] every other span shows no offset", () => {
  equal(said("2027-10-31T00:45Z", "2027-10-31T00:55Z", "en"), "02:45–02:55");
  equal(said("2027-10-31T01:15Z", "2027-10-31T02:15Z", "en"), "02:15–03:15");
  equal(said("2027-06-01T08:00Z", "2027-06-01T09:30Z", "de"), "10:00–11:30 Uhr");
});

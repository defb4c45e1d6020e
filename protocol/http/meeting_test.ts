import assert from "node:assert/strict";
import * as v from "valibot";
import { LocalTime, Recurrence } from "./meeting.ts";

const patternOf = (schema: v.GenericSchema) => new RegExp(String(v.getMetadata(schema)["pattern"]));

Deno.test("the described pattern of a local time matches exactly what is accepted", () => {
  const pattern = patternOf(LocalTime);
  const two = (number: number) => String(number).padStart(2, "0");
  for (let year = 1999; year <= 2100; year++) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}T10:00`;
        assert.equal(pattern.test(text), v.is(LocalTime, text), text);
      }
    }
  }
  for (const clock of ["00:00", "09:59", "19:00", "23:59", "24:00", "25:07", "29:00", "12:60", "1:00"]) {
    assert.equal(pattern.test(`2030-03-25T${clock}`), v.is(LocalTime, `2030-03-25T${clock}`), clock);
  }
});

Deno.test("the described pattern of a rule matches no frequency, part or interval that is always refused", () => {
  const pattern = patternOf(Recurrence);
  for (
    const rule of [
      "FREQ=DAILY",
      "FREQ=WEEKLY;BYDAY=MO,WE,FR",
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20271231T225959Z",
      "FREQ=DAILY;UNTIL=20260630;INTERVAL=400",
      "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-7",
      "FREQ=MONTHLY;BYMONTHDAY=-1,16;COUNT=1000",
      "FREQ=YEARLY;BYWEEKNO=13;BYDAY=MO;WKST=MO",
      "FREQ=YEARLY;BYMONTH=2,12;BYDAY=-1SU",
      "FREQ=YEARLY;BYYEARDAY=-366",
    ]
  ) assert.match(rule, pattern);
  for (
    const rule of [
      "FREQ=HOURLY",
      "FREQ=DAILY;BYHOUR=1",
      "FREQ=DAILY;INTERVAL=0",
      "FREQ=DAILY;INTERVAL=401",
      "FREQ=DAILY;COUNT=1001",
      "FREQ=DAILY;UNTIL=20269999",
      "FREQ=WEEKLY;BYDAY=XX",
      "FREQ=MONTHLY;BYMONTHDAY=32",
      "FREQ=DAILY;X=1",
      "COUNT=3",
    ]
  ) assert.doesNotMatch(rule, pattern);
});

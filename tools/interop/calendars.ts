import { join } from "node:path";
import { type OfferedSeries, offeredSeries, ZONES } from "../../tests/offered_series.ts";
import type { Part } from "./part.ts";
import { jarsOf, pythonWith, runProgram } from "./programs.ts";

const PYTHON = [
  "icalendar==7.3.2",
  "recurring-ical-events==3.8.2",
  "python-dateutil==2.9.0.post0",
  "tzdata==2026.6",
];
const JARS = ["org.mnode.ical4j:ical4j:4.2.4", "org.slf4j:slf4j-nop:2.0.17"];

const here = join(import.meta.dirname!, "calendars");

/** Another program's way to read series: gives what it makes of each, in their order, as JSON lines. */
interface Reader {
  readonly name: string;
  readonly read: (series: readonly OfferedSeries[], temp: string, signal: AbortSignal) => Promise<string>;
}

const READERS: readonly Reader[] = [
  {
    name: "icalendar",
    async read(series, temp, signal) {
      const bin = await pythonWith(PYTHON, signal);
      const lines = series.map(({ ics, from, until }) => JSON.stringify({ ics, from, until }));
      await Deno.writeTextFile(`${temp}/asked`, `${lines.join("\n")}\n`);
      return await runProgram("sh", ["-c", `exec "$0" "$1" < asked`, `${bin}/python`, `${here}/expand.py`], {
        cwd: temp,
        signal,
      });
    },
  },
  {
    name: "ical4j",
    async read(series, temp, signal) {
      const jars = await jarsOf(JARS, signal);
      const lines = series.map(({ ics, from, until }) =>
        `${from} ${until} ${new TextEncoder().encode(ics).toBase64()}`
      );
      await Deno.writeTextFile(`${temp}/asked`, `${lines.join("\n")}\n`);
      return await runProgram("sh", ["-c", `exec java -cp "$0" "$1" < asked`, jars, `${here}/Expand.java`], {
        cwd: temp,
        signal,
      });
    },
  },
];

/** Every series that the form offers, as two other libraries read its calendar: instants equal to the server's. */
export const calendars: Part = {
  name: "calendars",
  async run(signal) {
    const temp = await Deno.makeTempDir({ prefix: "tafelrunde-interop-" });
    const differing: string[] = [];
    let [instants, count] = [0, 0];
    try {
      for (const zone of ZONES) {
        const series = [...offeredSeries(zone)];
        count += series.length;
        for (const { name, read } of READERS) {
          const found = (await read(series, temp, signal)).split("\n");
          if (found.length !== series.length) {
            throw new Error(`${name} has read ${found.length} of ${series.length}`);
          }
          for (const [index, { name: what, occurrences }] of series.entries()) {
            instants += occurrences.length;
            if (found[index]!.replaceAll(" ", "") !== JSON.stringify(occurrences)) {
              differing.push(
                `${name}: ${what}\n  read ${found[index]}\n  is   ${JSON.stringify(occurrences)}`,
              );
            }
          }
        }
      }
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
    if (differing.length > 0) {
      const some = differing.slice(0, 20).map((one) =>
        one.split("\n").map((line) => line.slice(0, 400)).join("\n")
      );
      throw new Error(`${differing.length} of ${2 * count} differ:\n${some.join("\n")}`);
    }
    const names = READERS.map(({ name }) => name).join(", ");
    return `${names}: ${count} series in ${ZONES.length} zones, ${instants} instants compared, none differs`;
  },
};

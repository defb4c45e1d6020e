import { plainSeries } from "../../edge/meetings/clock_changes.ts";
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

/** Another program that expands series: returns the occurrences of each, in order, as JSON lines. */
interface Reader {
  readonly name: string;
  /** Series that it expands wrongly however they are written. */
  readonly misreads?: (series: OfferedSeries) => boolean;
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
    // 4.2.4: if the clock change skips the occurrence on one weekday, it moves the week's other days an hour
    // later too.
    misreads: ({ time, from }) =>
      /^FREQ=WEEKLY;INTERVAL=\d+;BYDAY=\w+,/.test(time.recurrence ?? "") &&
      plainSeries(time, from)!.skipped.length > 0,
    async read(series, temp, signal) {
      const jars = await jarsOf(JARS, signal);
      const lines = series.map(({ ics, from, until }) =>
        `${from} ${until} ${new TextEncoder().encode(ics).toBase64()}`
      );
      await Deno.writeTextFile(`${temp}/asked`, `${lines.join("\n")}\n`);
      const classes = `${temp}/classes`;
      const sources = ["Expand", "WrittenZones"].map((name) => `${here}/${name}.java`);
      await runProgram("javac", ["-d", classes, "-cp", jars, ...sources], { signal });
      return await runProgram("sh", ["-c", `exec java -cp "$0" Expand < asked`, `${classes}:${jars}`], {
        cwd: temp,
        signal,
      });
    },
  },
];

/** Most differences that a failed run prints. */
const SHOWN = 40;

/**
 * Every series that the form offers, as two other libraries expand its calendar: the instants equal the
 * server's.
 */
export const calendars: Part = {
  name: "calendars",
  async run(signal) {
    const temp = await Deno.makeTempDir({ prefix: "tafelrunde-interop-" });
    const differing: string[] = [];
    let [instants, count, misread] = [0, 0, 0];
    try {
      for (const zone of ZONES) {
        const series = [...offeredSeries(zone)];
        count += series.length;
        for (const { name, read, misreads } of READERS) {
          const found = (await read(series, temp, signal)).split("\n");
          if (found.length !== series.length) throw new Error(`${name}: ${found.length} of ${series.length}`);
          for (const [index, offered] of series.entries()) {
            if (misreads?.(offered)) {
              misread++;
              continue;
            }
            instants += offered.occurrences.length;
            const difference = firstDifference(JSON.parse(found[index]!), offered.occurrences);
            if (difference !== undefined) differing.push(`${name}: ${offered.name}: ${difference}`);
          }
        }
      }
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
    if (differing.length > 0) {
      throw new Error(`${differing.length} of ${2 * count} differ:\n${differing.slice(0, SHOWN).join("\n")}`);
    }
    const names = READERS.map(({ name }) => name).join(", ");
    return `${names}: ${count} series in ${ZONES.length} zones, ${instants} instants compared, none differs; ${misread} that one of them cannot read`;
  },
};

type Occurrences = OfferedSeries["occurrences"];

function firstDifference(found: Occurrences, expected: Occurrences): string | undefined {
  const length = Math.max(found.length, expected.length);
  const at = Array.from({ length }).findIndex((_, index) => String(found[index]) !== String(expected[index]));
  return at < 0 ? undefined : `the ${at + 1}. is ${say(expected[at])}, read as ${say(found[at])}`;
}

function say(occurrence: Occurrences[number] | undefined): string {
  return occurrence === undefined
    ? "none"
    : `${new Date(occurrence[0]).toISOString()} for ${occurrence[1]} minutes`;
}

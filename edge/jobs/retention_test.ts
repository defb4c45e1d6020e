import assert from "node:assert/strict";
import type { Config } from "../config.ts";
import { sql } from "kysely";
import { testOnStores } from "../store/store_for_tests.ts";
import { ERASE_AT_ONCE } from "../store/erase.ts";
import { inBatches } from "./job.ts";
import { makeJobs } from "./list.ts";
import { RETENTION } from "./retention.ts";

const SCHEMA = new URL("../../sql/schema.sql", import.meta.url);

const AT = Date.parse("2026-03-23T07:00:00Z");

Deno.test("[I7] every table of the database is in the table of what is stored", async () => {
  const schema = await Deno.readTextFile(SCHEMA);
  const tables = [...schema.matchAll(/^create table (\w+)/gm)].map(([, name]) => name!).sort();
  assert.deepEqual([...new Set(RETENTION.flatMap(({ where }) => where))].sort(), tables);
});

testOnStores(
  "[I7] the jobs execute the table: what is over is erased, in bounded steps, and nothing else",
  async ({ store: { db } }) => {
    const config = { RETENTION_S: 3_600, ANONYMOUS_ROOM_DAYS: 90, MEETING_RETENTION_DAYS: 90 } as Config;
    const jobs = new Map(
      makeJobs({ db, config, now: () => AT, rooms: { wakeForgotten: () => Promise.resolve() } })
        .map((job) => [job.name, job]),
    );
    const { signal } = new AbortController();
    const rows = ERASE_AT_ONCE + 10;
    const counter = (n: number, endsAt: number) => ({
      limit_name: "x",
      key_hash: `${n}`,
      points: 1,
      ends_at: new Date(endsAt),
    });
    await db.insertInto("rate_counter").values(Array.from({ length: rows }, (_, n) => counter(n, AT - n)))
      .execute();
    await db.insertInto("rate_counter").values(counter(-1, AT + 1)).execute();
    const steps: number[] = [];
    const { job } = RETENTION.find(({ where }) => where.includes("rate_counter"))!;
    await inBatches(signal, job!.most, async () => {
      steps.push(await job!.erase({ db, config, now: () => AT }));
      return steps.at(-1)!;
    });
    assert.deepEqual(steps, [ERASE_AT_ONCE, 10]);
    assert.deepEqual(await db.selectFrom("rate_counter").select("key_hash").execute(), [{ key_hash: "-1" }]);

    const edge = (id: string, hours: number) =>
      sql`insert into edge values (${id}, 1, now() - ${hours} * interval '1 hour')`.execute(db);
    await edge("dead", 2);
    await edge("alive", 0);
    for (const name of jobs.keys()) await jobs.get(name)!.run(signal);
    assert.deepEqual(await db.selectFrom("edge").select("id").execute(), [{ id: "alive" }]);
  },
);

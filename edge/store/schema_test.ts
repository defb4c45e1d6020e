import assert from "node:assert/strict";
import { openPostgres as openServer } from "../../tools/postgres.ts";
import { openPostgres } from "./open.ts";
import { describeSchema } from "./describe_schema.ts";

const SCHEMA = new URL("../../sql/schema.sql", import.meta.url);

Deno.test("[S3] schema.sql is the result of the migrations (`UPDATE_SCHEMA=1` writes it)", async () => {
  await using server = await openServer();
  await using store = await openPostgres(await server.createDatabase());
  const schema = await describeSchema(store.db);
  if (Deno.env.get("UPDATE_SCHEMA") === "1") await Deno.writeTextFile(SCHEMA, schema);
  assert.equal(await Deno.readTextFile(SCHEMA), schema);
});

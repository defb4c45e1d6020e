import assert from "node:assert/strict";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { join } from "node:path";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTestKey } from "../edge/store/api_key_for_tests.ts";
import { signIn } from "./rest_client.ts";
import { SCOPES } from "@tafelrunde/protocol/http";
import { ROOT } from "../tools/places.ts";

/**
 * A program that uses the generated types: it must compile unchanged, and each call must do what it claims.
 */
const PROGRAM = `
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

export async function play(baseUrl: string, key: string, owner: string): Promise<string[]> {
  const done: string[] = [];
  const api = createClient<paths>({ baseUrl, headers: { authorization: "Bearer " + key } });
  const note = (what: string, response: Response) => void done.push(what + " " + response.status);

  const made = await api.POST("/v1/meetings", {
    params: { query: { notify: false } },
    body: {
      title: "Choir",
      description: "Bring the scores.",
      owner,
      time: { start: "2031-03-03T10:00", timeZone: "Europe/Berlin", durationMinutes: 90, recurrence: "FREQ=WEEKLY;COUNT=3" },
    },
  });
  note("create", made.response);
  if (made.error !== undefined) throw new Error(made.error.code);
  const meeting: string = made.data.id;
  const path = { meeting };

  const list = await api.GET("/v1/meetings", { params: { query: { list: "soon", limit: 10 } } });
  note("list", list.response);
  done.push(String(list.data?.items.some((item) => item.id === meeting && item.time?.recurrence === "FREQ=WEEKLY;COUNT=3")));

  const changed = await api.PATCH("/v1/meetings/{meeting}", {
    params: { path, query: { notify: false }, header: { "If-Match": made.response.headers.get("etag") ?? "" } },
    body: { title: "Band", description: null, time: { durationMinutes: 45 } },
  });
  note("change", changed.response);
  done.push([changed.data?.title, changed.data?.description, changed.data?.time?.durationMinutes, changed.data?.time?.timeZone].join(" "));

  const stale = await api.PATCH("/v1/meetings/{meeting}", {
    params: { path, header: { "If-Match": '"1"' } },
    body: { title: "Late" },
  });
  note("change of before", stale.response);
  if (stale.error?.code === "version.outdated") done.push("outdated");

  const known = await api.GET("/v1/meetings/{meeting}", {
    params: { path, header: { "If-None-Match": changed.response.headers.get("etag") ?? "" } },
  });
  note("read again", known.response);

  const removed = await api.DELETE("/v1/meetings/{meeting}", { params: { path, query: { notify: false }, header: { "If-Match": "*" } } });
  note("delete", removed.response);
  const gone = await api.GET("/v1/meetings/{meeting}", { params: { path } });
  note("read", gone.response);
  if (gone.error?.code === "meeting.unknown") done.push("unknown");
  return done;
}
`;

interface Client {
  play(baseUrl: string, key: string, owner: string): Promise<string[]>;
}

testOnStores(
  "[A31] a TypeScript client generated from the description compiles, and creates, lists, changes and deletes",
  async ({ store }) => {
    await using edge = await startTestEdge({ store });
    const owner = await signIn(store.db, edge.origin, DEFAULT_TENANT);
    const { key } = await makeTestKey(store.db, DEFAULT_TENANT, SCOPES, Date.now());
    // Beside the packages, where programs find them.
    const folder = await Deno.makeTempDir({ dir: join(ROOT, "node_modules"), prefix: "api-client-" });
    try {
      const api = await (await fetch(`${edge.origin}/v1/openapi.json`)).text();
      await Deno.writeTextFile(join(folder, "api.d.ts"), astToString(await openapiTS(api)));
      await Deno.writeTextFile(join(folder, "package.json"), `{"type":"module"}`);
      const file = join(folder, "client.ts");
      await Deno.writeTextFile(file, PROGRAM);
      const program = ts.createProgram([file], {
        strict: true,
        exactOptionalPropertyTypes: true,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
        types: [],
      });
      const found = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) =>
        `${file?.fileName ?? ""}:${start}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
      );
      assert.deepEqual(found, []);
      program.emit();
      const { play }: Client = await import(`file://${folder}/client.js`);
      assert.deepEqual(await play(edge.origin, key, owner.account), [
        "create 201",
        "list 200",
        "true",
        "change 200",
        "Band  45 Europe/Berlin",
        "change of before 412",
        "outdated",
        "read again 304",
        "delete 204",
        "read 404",
        "unknown",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

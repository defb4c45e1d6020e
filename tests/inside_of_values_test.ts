import assert from "node:assert/strict";
import { base64url } from "@tafelrunde/protocol";
import type { Problem } from "@tafelrunde/protocol/http";
import type { OpenApi } from "../edge/http/openapi.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { startTestEdge } from "./edge_rig.ts";
import { signIn } from "./rest_client.ts";

const ID = "2222222222222222";

/** Cursor contents with which no page ends. */
const POSITIONS: readonly unknown[] = [
  ["\0", ID],
  ["a\0b", ID],
  ["\ud800", ID],
  ["\udc00a", ID],
  [8.64e15, ID],
  [9e15, ID],
  [-8.64e15, ID],
  [-62_135_596_800_001, ID],
  [253_402_300_800_000, ID],
  [1e308, ID],
  [1.5, ID],
  [null, ID],
  [[], ID],
  [{}, ID],
  [1, "\0"],
  [1],
  [],
  {},
  null,
  "text",
  { 0: 1, 1: ID },
];

testOnStores("[A4] the contents of a cursor are validated: none causes a fault", async ({ store }, t) => {
  await using edge = await startTestEdge({ store });
  const client = await signIn(store.db, edge.origin, DEFAULT_TENANT, { role: "admin", isOperator: true });
  const api: OpenApi = await client.get("GET", "/v1/openapi.json");
  const { room } = await client.get<{ room: string }>("POST", "/v1/rooms", {});
  const { id: meeting } = await client.get<{ id: string }>("POST", "/v1/meetings", {
    title: "x",
    time: null,
  });
  const { id: group } = await client.get<{ id: string }>("POST", "/v1/groups", { name: "x" });
  const ids: Readonly<Record<string, string>> = { room, meeting, group };
  const lists = Object.entries(api.paths).filter(([, { get }]) =>
    get?.parameters.some(({ name }) => name === "cursor")
  );
  assert.ok(lists.length >= 10, `${lists.length} lists`);
  for (const [path] of lists) {
    await t.step(path, async () => {
      const at = path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name]!);
      const texts = POSITIONS.map((position) =>
        base64url(new TextEncoder().encode(JSON.stringify(position)))
      );
      for (const cursor of [...texts, "_w", "A", base64url(new Uint8Array([0xff, 0xfe]))]) {
        const response = await client.ask("GET", `${at}?cursor=${cursor}`);
        const text = await response.text();
        // A number or a string of another kind of list can be a valid position in this one.
        assert.ok(
          [200, 422].includes(response.status),
          `${at} ${cursor}: ${text}`,
        );
      }
    });
  }
  assert.deepEqual(edge.complaints, []);
});

testOnStores("[A4] an instant must exist, in whatever RFC 3339 notation", async ({ store }, t) => {
  await using edge = await startTestEdge({ store });
  const client = await signIn(store.db, edge.origin, DEFAULT_TENANT, { role: "admin" });
  const make = (expiresAt: string) =>
    client.ask("POST", "/v1/keys", { name: "x", scopes: ["rooms:read"], expiresAt });
  const taken: Readonly<Record<string, string>> = {
    "2031-02-28T09:00:00Z": "2031-02-28T09:00:00.000Z",
    "2032-02-29t09:00:00z": "2032-02-29T09:00:00.000Z",
    "2031-03-01T00:30:00.123456789+01:00": "2031-02-28T23:30:00.123Z",
    "2031-02-28T23:59:60Z": "2031-03-01T00:00:00.000Z",
    "2031-02-28 09:00:00-00:00": "2031-02-28T09:00:00.000Z",
    "9999-12-31T23:59:59.999Z": "9999-12-31T23:59:59.999Z",
  };
  for (const [text, instant] of Object.entries(taken)) {
    await t.step(text, async () => {
      const response = await make(text);
      const answer = await response.json();
      assert.deepEqual([response.status, answer.expiresAt], [201, instant], JSON.stringify(answer));
    });
  }
  const refused = [
    "2031-02-30T09:00:00Z",
    "2031-02-29T09:00:00Z",
    "2100-02-29T09:00:00Z",
    "2031-04-31T09:00:00Z",
    "2031-13-01T09:00:00Z",
    "2031-00-01T09:00:00Z",
    "2031-01-00T09:00:00Z",
    "2031-01-01T24:00:00Z",
    "2031-01-01T09:60:00Z",
    "2031-01-01T09:00:61Z",
    "2031-01-01T09:00:00+24:00",
    "2031-01-01T09:00:00+01:60",
    "2031-01-01T09:00:00",
    "2031-01-01",
    "9999-12-31T23:59:59.999-00:01",
    "0000-01-01T00:00:00Z",
    "+02031-01-01T09:00:00Z",
    "2031-01-01T09:00:00Z\n",
  ];
  for (const text of refused) {
    await t.step(JSON.stringify(text), async () => {
      const response = await make(text);
      const { fields }: Problem = await response.json();
      assert.deepEqual([response.status, fields], [422, [{ in: "body", name: "expiresAt", reason: "time" }]]);
    });
  }
  assert.deepEqual(edge.complaints, []);
});

testOnStores("[A4] a body must be UTF-8, whatever else its bytes look like", async ({ store }) => {
  await using edge = await startTestEdge({ store });
  const { origin } = edge;
  for (const bytes of [[0xff, 0xfe], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d], [0xed, 0xa0, 0x80]]) {
    const response = await fetch(`${origin}/v1/rooms`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Uint8Array(bytes),
    });
    const { code }: Problem = await response.json();
    assert.deepEqual([response.status, code], [400, "request.notJson"]);
  }
  assert.deepEqual(edge.complaints, []);
});

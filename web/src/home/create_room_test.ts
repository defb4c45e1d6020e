import assert from "node:assert/strict";
import { MAX_ROOM_NAME } from "@tafelrunde/protocol";
import { createRoom } from "./create_room.ts";

Deno.test("a room's whole name is sent", async () => {
  const name = "😀".repeat(MAX_ROOM_NAME);
  let asked: unknown;
  const { fetch } = globalThis;
  globalThis.fetch = (_url, init) => {
    asked = JSON.parse(String(init?.body));
    return Promise.resolve(new Response(null, { status: 503 }));
  };
  try {
    assert.deepEqual(await createRoom(` ${name} `), { failure: "busy" });
  } finally {
    globalThis.fetch = fetch;
  }
  assert.deepEqual(asked, { name });
});

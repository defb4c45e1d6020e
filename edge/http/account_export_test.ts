import assert from "node:assert/strict";
import { type StreamBounds, streamParts, writeExport } from "./account_export.ts";

/** Longer than any test. */
const LONG_MS = 3_600_000;

/** An endless stream of parts, and what happens to it. */
function makeEndless({ stallMs = LONG_MS, withinMs = LONG_MS }: Partial<StreamBounds> = {}) {
  const seen = { parts: 0, isReturned: false };
  const ended = Promise.withResolvers<unknown>();
  async function* parts() {
    try {
      for (;;) {
        await Promise.resolve();
        seen.parts++;
        yield "x".repeat(1_000);
      }
    } finally {
      seen.isReturned = true;
    }
  }
  const stream = streamParts(parts(), { stallMs, withinMs, ended: (fault) => ended.resolve(fault) });
  return { seen, ended: ended.promise, stream };
}

Deno.test("[U18] an export is one JSON document with each table as a list, whatever its pages", async () => {
  const pages = async function* () {
    yield { table: "none", rows: [] };
    yield { table: "many", rows: [{ n: 1, text: 'a"\n' }, { n: 2 }] };
    yield { table: "many", rows: [{ n: 3 }] };
    yield { table: "large", rows: [{ text: "é".repeat(100_000) }, { text: "b".repeat(100_000) }] };
    yield { table: "one", rows: [{ at: new Date(0) }] };
  };
  const parts: string[] = [];
  for await (const part of writeExport({ account: { id: "a" } }, pages())) parts.push(part);
  assert.equal(parts.length, 3, "no part is longer than a row beyond its length");
  assert.deepEqual(JSON.parse(parts.join("")), {
    account: { id: "a" },
    none: [],
    many: [{ n: 1, text: 'a"\n' }, { n: 2 }, { n: 3 }],
    large: [{ text: "é".repeat(100_000) }, { text: "b".repeat(100_000) }],
    one: [{ at: "1970-01-01T00:00:00.000Z" }],
  });
  const bare = await Array.fromAsync(writeExport({ a: 1 }, (async function* () {})()));
  assert.deepEqual(JSON.parse(bare.join("")), { a: 1 });
});

Deno.test("[U18] if the client stops reading an export, no more is read from the database", async () => {
  const { seen, stream } = makeEndless();
  const reader = stream.getReader();
  assert.equal(seen.parts, 0);
  for (let n = 1; n <= 3; n++) {
    await reader.read();
    assert.equal(seen.parts, n);
  }
  await reader.cancel();
});

Deno.test("[U18] an export ends when the client disconnects", async () => {
  const { seen, ended, stream } = makeEndless();
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(await ended, undefined);
  assert.deepEqual([seen.parts, seen.isReturned], [1, true]);
});

for (const [what, bounds] of [["waits", { stallMs: 1 }], ["takes", { withinMs: 1 }]] as const) {
  Deno.test(`[U18] an export that ${what} for too long is aborted, whether unread or half read`, async () => {
    const unread = makeEndless(bounds);
    assert.equal(await unread.ended, undefined);
    await assert.rejects(unread.stream.getReader().read(), /too long/);
    assert.equal(unread.seen.parts, 0);

    const half = makeEndless(bounds);
    const reader = half.stream.getReader();
    const first = reader.read().catch(() => {});
    assert.equal(await half.ended, undefined);
    await first;
    await assert.rejects(async () => {
      for (;;) await reader.read();
    }, /too long/);
  });
}

Deno.test("[U18] an export that the database ends is aborted, and the client does not learn why", async () => {
  const ended = Promise.withResolvers<unknown>();
  async function* parts() {
    yield "{";
    await Promise.reject(new Error("select secret"));
  }
  const bounds = { stallMs: LONG_MS, withinMs: LONG_MS, ended: (fault?: unknown) => ended.resolve(fault) };
  const reader = streamParts(parts(), bounds).getReader();
  await reader.read();
  await assert.rejects(reader.read(), (error: Error) => !error.message.includes("secret"));
  assert.match(String(await ended.promise), /select secret/);
});

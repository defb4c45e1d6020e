import assert from "node:assert/strict";
import { aloud } from "./aloud.ts";

async function saidBy(work: () => Promise<void>): Promise<string> {
  const said: unknown[] = [];
  const { error } = console;
  console.error = (...words: unknown[]) => said.push(...words);
  try {
    await work();
  } finally {
    console.error = error;
  }
  return said.join("\n");
}

Deno.test("a long run reports at once why it fails, its progress, and what else failed while it was stopped", async () => {
  const said = await saidBy(() =>
    assert.rejects(aloud("frames", async (progress) => {
      await using _edge = { [Symbol.asyncDispose]: () => Promise.reject(new Error("faults at its end")) };
      progress(() => "7 of 9");
      throw new Error("no answer");
    }))
  );
  assert.match(said, /^FAILED: frames, \d+ s: 7 of 9\n/);
  assert.match(said, /faults at its end[^]*no answer/);
});

Deno.test("a long run that succeeds prints nothing at its end", async () => {
  assert.equal(await saidBy(() => aloud("frames", () => Promise.resolve())), "");
});

Deno.test("a run whose progress text throws still reports why it fails", async () => {
  const said = await saidBy(() =>
    assert.rejects(aloud("frames", (progress) => {
      progress(() => {
        throw new Error("the witness has ended");
      });
      return Promise.reject(new Error("no answer"));
    }))
  );
  assert.match(said, /the witness has ended[^]*no answer/);
});

import assert from "node:assert/strict";
import { attend, countingFaults, guarded, reportFault } from "./faults.ts";
import { makeLog } from "./log.ts";

function makeCounted() {
  const lines: string[] = [];
  let faults = 0;
  const log = countingFaults(makeLog((line) => lines.push(line)), () => faults++);
  return { log, lines, count: () => faults };
}

Deno.test("an error that a handler throws, or rejects with, is counted and ends only what it happened in", async () => {
  const { log, lines, count } = makeCounted();
  let ended = 0;
  const end = () => {
    ended++;
  };
  guarded(log, "socket", () => {
    throw new Error("at once");
  }, end)();
  const { promise, reject } = Promise.withResolvers<void>();
  guarded(log.with({ node: "fra" }), "media", () => promise, end)();
  attend(log, "session", promise, end);
  reject(new Error("later"));
  await promise.catch(() => {});
  await Promise.resolve();
  assert.equal(ended, 3);
  assert.equal(count(), 3);
  assert.ok(lines.every((line) => line.includes('"event":"fault"')));
});

Deno.test("a fault while a fault is handled ends nothing, nor does one that cannot be serialised", () => {
  const { log, lines, count } = makeCounted();
  guarded(log, "socket", () => {
    throw new Error("first");
  }, () => {
    throw new RangeError("second");
  })();
  const circle = new Error("circle");
  circle.cause = circle;
  reportFault(log, "job", circle);
  reportFault(log, "job", Object.assign(new Error("big"), { cause: 1n }));
  assert.equal(lines.length, 4);
  assert.ok(count() >= 4);
});

/** Faults that nothing else catches, as code of a separate process. */
const STRAYS = {
  "a timer": `setTimeout(() => { throw new Error("stray"); });`,
  "a promise": `Promise.reject(new Error("stray"));`,
  "a microtask": `queueMicrotask(() => { throw new Error("stray"); });`,
  "a tick": `process.nextTick(() => { throw new Error("stray"); });`,
  "an emitter": `setTimeout(() => new EventEmitter().emit("error", new Error("stray")));`,
  "an event target":
    `setTimeout(() => { const t = new EventTarget(); t.addEventListener("x", () => { throw new Error("stray"); }); t.dispatchEvent(new Event("x")); });`,
  "a thrown non-error": `setTimeout(() => { throw undefined; });`,
};

for (const [what, code] of Object.entries(STRAYS)) {
  Deno.test(`a stray fault of ${what} is reported, and the process continues`, async () => {
    const script = `
      import { EventEmitter } from "node:events";
      import process from "node:process";
      import { catchStrays } from "${new URL("faults.ts", import.meta.url)}";
      import { makeLog } from "${new URL("log.ts", import.meta.url)}";
      const { promise, resolve } = Promise.withResolvers();
      catchStrays(makeLog((line) => { console.log(line); resolve(); }));
      ${code}
      const patience = setTimeout(resolve, 10_000);
      await promise;
      clearTimeout(patience);
      console.log("alive");`;
    const file = await Deno.makeTempFile({ suffix: ".mjs" });
    await Deno.writeTextFile(file, script);
    const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
        file,
      ],
    }).output();
    await Deno.remove(file);
    const text = new TextDecoder().decode(stdout);
    assert.equal(exit, 0, new TextDecoder().decode(stderr));
    assert.match(text, /"event":"fault","where":"process"/);
    assert.match(text, /alive/);
  });
}

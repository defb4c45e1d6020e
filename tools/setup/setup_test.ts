import assert from "node:assert/strict";
import { setup } from "./setup.ts";
import { SetupError, type Step, type Work } from "./step.ts";

const step = (name: string, work?: Work): Step => ({ name, check: () => Promise.resolve(work) });
const never = new AbortController().signal;

Deno.test("steps run after their dependencies, and only if they have something to do", async () => {
  const order: string[] = [];
  const note = (name: string) => () => Promise.resolve(void order.push(name));
  await setup([
    step("third", { after: ["second", "ready"], run: note("third") }),
    step("second", { after: ["first"], run: note("second") }),
    step("first", { run: note("first") }),
    step("ready"),
  ], never);
  assert.deepEqual(order, ["first", "second", "third"]);
});

Deno.test("everything that cannot be provided is listed at once, before anything is done", async () => {
  let touched = false;
  const steps = [
    step("fine", { run: () => Promise.resolve(void (touched = true)) }),
    step("Node.js", { obstacle: "needs npm" }),
    step("worker", { obstacle: "is broken" }),
  ];
  await assert.rejects(setup(steps, never), (error: Error) => {
    assert.ok(error instanceof SetupError);
    assert.match(error.message, /Node\.js: needs npm\n.*worker: is broken/);
    return true;
  });
  assert.equal(touched, false);
});

Deno.test("without apt-get the missing packages of all steps are in one command", async () => {
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", "/nowhere");
  try {
    const steps = [
      step("Chromium", { packages: ["chromium"] }),
      step("worker", { packages: ["meson", "g++"], run: () => Promise.reject(new Error("must not run")) }),
    ];
    await assert.rejects(
      setup(steps, never),
      /apt-get install -y --no-install-recommends chromium g\+\+ meson$/,
    );
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("when a step fails the others are stopped and awaited, and the first error is thrown", async () => {
  let putAway = false;
  const steps = [
    step("long", {
      run: (_, signal) =>
        new Promise((_done, fail) => {
          signal.addEventListener("abort", () => {
            putAway = true;
            fail(signal.reason);
          });
        }),
    }),
    step("broken", { run: () => Promise.reject(new Error("no space left")) }),
    step("behind", { after: ["broken"], run: () => Promise.reject(new Error("must not run")) }),
  ];
  await assert.rejects(setup(steps, never), /no space left/);
  assert.ok(putAway);
});

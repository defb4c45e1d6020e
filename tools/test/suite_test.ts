import assert from "node:assert/strict";
import { readCpuSeconds, runSuite, type Suite } from "./suite.ts";

const suite = (body: string): Suite => ({ name: "a suite", command: "sh", args: ["-c", body] });

/** Runs a suite silently; returns its result and what it would have printed. */
async function run(body: string, signal = new AbortController().signal) {
  const said: string[] = [];
  const { log, error } = console;
  console.log = console.error = (text: string) => void said.push(text);
  try {
    const result = await runSuite(suite(body), {}, signal, false);
    return { passed: result.passed, failed: result.failed, said: said.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("the output of a suite that runs beside others is printed at once, and its exit code decides", async () => {
  const good = await run("echo out; echo err >&2");
  assert.deepEqual([good.passed, good.failed], [1, 0]);
  assert.match(good.said, /out/);
  assert.match(good.said, /err/);
  const bad = await run("exit 3");
  assert.deepEqual([bad.passed, bad.failed], [0, 1]);
});

Deno.test("a hanging suite is stopped and fails, and the reason is printed", async () => {
  const folder = await Deno.makeTempDir();
  const { timeout } = AbortSignal;
  const limit = new AbortController();
  const limits: number[] = [];
  AbortSignal.timeout = (ms) => {
    limits.push(ms);
    return limit.signal;
  };
  Deno.env.set("SUITE_MS", "300");
  try {
    const running = run(`echo begun; mkdir ${folder}/begun; exec sleep 1000`);
    while (!await Deno.stat(`${folder}/begun`).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    limit.abort();
    const { passed, failed, said } = await running;
    assert.deepEqual([passed, failed, limits], [0, 1, [300]]);
    assert.match(said, /begun[\s\S]*a suite: not done within 0.005 minutes/);
  } finally {
    AbortSignal.timeout = timeout;
    Deno.env.delete("SUITE_MS");
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a stop request stops a suite", async () => {
  const stop = new AbortController();
  const running = run("exec sleep 1000", stop.signal);
  stop.abort();
  assert.equal((await running).failed, 1);
});

Deno.test("the CPU time of a suite is that of all its processes, however they ended", async () => {
  assert.equal(readCpuSeconds("0m0.00s 0m0.00s\n2m3.50s 1m0.25s\n"), 183.75);
  assert.equal(readCpuSeconds(""), 0);
  const { log } = console;
  console.log = () => {};
  try {
    const busy = "sh -c 'n=0; while [ $n -lt 200000 ]; do n=$((n + 1)); done'";
    const { cpuSeconds } = await runSuite(suite(busy), {}, new AbortController().signal, false);
    assert.ok(cpuSeconds > 0);
  } finally {
    console.log = log;
  }
});

import assert from "node:assert/strict";
import { leash, runLeashed } from "./leash.ts";

Deno.test("a leashed program's output, line by line, and exit code are kept", async () => {
  const lines: string[] = [];
  const outcome = await runLeashed("sh", ["-c", "echo one; printf 'two\\rthree\\n'; echo four >&2; exit 3"], {
    onLine: (line) => lines.push(line),
  });
  assert.equal(outcome.code, 3);
  assert.deepEqual(lines, ["one", "two", "three"]);
  assert.match(outcome.output, /four/);
});

Deno.test("aborting stops the program with the chosen signal before it throws", async () => {
  const folder = await Deno.makeTempDir();
  const stop = new AbortController();
  const script = `trap 'echo ended >"$1/mark"; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
  const running = runLeashed("sh", ["-c", script, "sh", folder], {
    signal: stop.signal,
    onLine: () => stop.abort(new Error("given up")),
  });
  await assert.rejects(running, /given up/);
  assert.equal(await Deno.readTextFile(`${folder}/mark`), "ended\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a leashed program has the same descriptors as an ordinary one, and an empty standard input", async () => {
  const look = ["-c", "ls /proc/self/fd; cat"];
  const usual = await new Deno.Command("sh", { args: look, stdin: "null" }).output();
  assert.equal((await runLeashed("sh", look)).output, new TextDecoder().decode(usual.stdout));
});

for (const endWith of ["TERM", "INT", "QUIT"] as const) {
  Deno.test(`SIG${endWith} stops a leashed program that does not handle it`, async () => {
    const leashed = leash("sleep", ["60"], { endWith });
    await leashed.letGo();
    assert.equal((await leashed.process.status).code, 128 + { TERM: 15, INT: 2, QUIT: 3 }[endWith]);
  });
}

Deno.test("a program that cannot be found exits with 127", async () => {
  assert.equal((await runLeashed("/none/such", [])).code, 127);
});

Deno.test("the folder is removed when the program is released, and kept when it exits by itself", async () => {
  const stays = await Deno.makeTempDir();
  await leash("true", [], { removeAfterwards: stays }).process.status;
  await Deno.remove(stays);
  const goes = await Deno.makeTempDir();
  const leashed = leash("sleep", ["60"], { removeAfterwards: goes });
  await leashed.letGo();
  await leashed.process.status;
  await assert.rejects(Deno.stat(goes), Deno.errors.NotFound);
});

import assert from "node:assert/strict";
import { runChild, startChild } from "./child_process.ts";

Deno.test("a bound program's output, line by line, and exit code are kept", async () => {
  const lines: string[] = [];
  const outcome = await runChild("sh", ["-c", "echo one; printf 'two\\rthree\\n'; echo four >&2; exit 3"], {
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
  const running = runChild("sh", ["-c", script, "sh", folder], {
    signal: stop.signal,
    onLine: () => stop.abort(new Error("given up")),
  });
  await assert.rejects(running, /given up/);
  assert.equal(await Deno.readTextFile(`${folder}/mark`), "ended\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a bound program has the same descriptors as an ordinary one, and an empty standard input", async () => {
  const look = ["-c", "ls /proc/self/fd; cat"];
  const usual = await new Deno.Command("sh", { args: look, stdin: "null" }).output();
  assert.equal((await runChild("sh", look)).output, new TextDecoder().decode(usual.stdout));
});

for (const endWith of ["TERM", "INT", "QUIT"] as const) {
  Deno.test(`SIG${endWith} stops a bound program that does not handle it`, async () => {
    const child = startChild("sleep", ["60"], { endWith });
    await child.end();
    assert.equal((await child.process.status).code, 128 + { TERM: 15, INT: 2, QUIT: 3 }[endWith]);
  });
}

Deno.test("a program that cannot be found exits with 127", async () => {
  assert.equal((await runChild("/none/such", [])).code, 127);
});

Deno.test("the folder is removed when the program is released, and kept when it exits by itself", async () => {
  const stays = await Deno.makeTempDir();
  await startChild("true", [], { removeAfterwards: stays }).process.status;
  await Deno.remove(stays);
  const goes = await Deno.makeTempDir();
  const child = startChild("sleep", ["60"], { removeAfterwards: goes });
  await child.end();
  await child.process.status;
  await assert.rejects(Deno.stat(goes), Deno.errors.NotFound);
});

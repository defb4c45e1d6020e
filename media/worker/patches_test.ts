import assert from "node:assert/strict";
import { applyPatches, type Patch, PatchError, PATCHES } from "./patches.ts";

async function withFiles(
  files: Record<string, string>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const patch = (file: string, expected: string): Patch => ({ file, expected, replacement: "new", reason: "" });

Deno.test("a patch replaces its text, also beside another patch of the same file", async () => {
  await withFiles({ "a.cpp": "one two three" }, async (folder) => {
    await applyPatches(folder, [patch("a.cpp", "one"), patch("a.cpp", "three")]);
    assert.equal(await Deno.readTextFile(`${folder}/a.cpp`), "new two new");
  });
});

Deno.test("patches that do not match exactly once are all listed with file and text, and nothing is written", async () => {
  await withFiles({ "a.cpp": "one two", "b.cpp": "same same" }, async (folder) => {
    const patches = [
      patch("a.cpp", "one"),
      patch("b.cpp", "same"),
      patch("b.cpp", "gone"),
      patch("none.cpp", "x()"),
    ];
    await assert.rejects(applyPatches(folder, patches), (error: Error) => {
      assert.ok(error instanceof PatchError);
      assert.match(error.message, /b\.cpp: expected once, found 2 times: same/);
      assert.match(error.message, /b\.cpp: expected once, found 0 times: gone/);
      assert.match(error.message, /none\.cpp: expected once, found 0 times: x\(\)/);
      return true;
    });
    assert.equal(await Deno.readTextFile(`${folder}/a.cpp`), "one two");
  });
});

Deno.test("the patches match the mediasoup version pinned in media/", async () => {
  const source = new URL("../node_modules/mediasoup/worker/", import.meta.url);
  const files = new Map<string, string>();
  for (const { file } of PATCHES) files.set(file, await Deno.readTextFile(new URL(file, source)));
  for (const { file, expected } of PATCHES) assert.equal(files.get(file)?.split(expected).length, 2, file);
});

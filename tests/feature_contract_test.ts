import assert from "node:assert/strict";
import { dirname } from "node:path";
import { LISTS } from "../tools/feature_cost.ts";
import { skeleton, withLine } from "../tools/new_feature.ts";
import { ROOT } from "../tools/places.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** Where the features of each part come together. */
const CHECKED = ["protocol/mod.ts", "edge/feature_rules.ts", "web/src/feature_slots.ts"];

/** A copy of the code, checked with the compiler. */
async function makeCopy() {
  const folder = await makeTempFolder("tafelrunde-contract-");
  const run = async (command: string, ...args: string[]) => {
    const options = { args, cwd: folder, env: { NO_COLOR: "1" } };
    const { code, stdout, stderr } = await new Deno.Command(command, options).output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  };
  for (const file of ["deno.json", "deno.lock", "package.json"]) {
    await Deno.copyFile(`${ROOT}/${file}`, `${folder}/${file}`);
  }
  await Deno.symlink(`${ROOT}/node_modules`, `${folder}/node_modules`);
  // The whole workspace: its members refer to one another.
  await run(
    "cp",
    "-a",
    ...["protocol", "edge", "web", "media", "bench"].map((part) => `${ROOT}/${part}`),
    ".",
  );
  const path = (name: string) => `${folder}/${name}`;
  return {
    read: (name: string) => Deno.readTextFile(path(name)),
    async write(name: string, text: string) {
      await Deno.mkdir(dirname(path(name)), { recursive: true });
      await Deno.writeTextFile(path(name), text);
    },
    check: () => run(Deno.execPath(), "check", "--quiet", ...CHECKED),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("the skeleton of a new feature compiles, and a forgotten command, feature or word does not", async (t) => {
  await using copy = await makeCopy();

  await t.step("what `deno task new:feature dice` writes compiles", async () => {
    for (const [name, text] of skeleton("dice")) await copy.write(name, text);
    for (const list of LISTS) await copy.write(list, withLine(await copy.read(list), list, "dice"));
    const { code, text } = await copy.check();
    assert.equal(code, 0, text);
  });

  await t.step("each gap is named by the compiler", async () => {
    const without = async (name: string, part: RegExp) => {
      const before = await copy.read(name);
      assert.match(before, part);
      await copy.write(name, before.replace(part, ""));
    };
    // A command without a decision, an event that changes nothing, a word, and a feature in one list only.
    await without("edge/features/dice.ts", /"dice\.start": \{[^]*?\n {4}\},/);
    await without(
      "protocol/features/hand/state.ts",
      /"hand\.lowered": \(hands, \{ participantId \}\) => .*\n/,
    );
    await without("web/src/features/hand/de.ts", /lowerAll: .*\n/);
    await without("web/src/features.ts", /export \{ chat \}.*\n/);
    const { code, text } = await copy.check();
    assert.notEqual(code, 0);
    for (
      const place of [
        "edge/features/dice.ts",
        "protocol/features/hand/state.ts",
        "web/src/features/hand/de.ts",
        "web/src/feature_slots.ts",
      ]
    ) {
      assert.ok(text.includes(place), `${place} is not named:\n${text}`);
    }
  });
});

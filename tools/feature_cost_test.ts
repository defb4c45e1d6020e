import assert from "node:assert/strict";
import { type Change, costOf, LISTS, readCommit } from "./feature_cost.ts";
import commits from "./feature_commits.json" with { type: "json" };

const change = (path: string, added = 1, removed = 0): Change => ({ path, added, removed });
const LISTED = LISTS.map((path) => change(path));

Deno.test("a feature costs its own files and one line of each list; the changelog and printed docs are aside", () => {
  const own = ["protocol/features/dice/state.ts", "edge/features/dice.ts", "tests/features/dice_test.ts"];
  const cost = costOf("dice", [...own.map((path) => change(path, 10)), ...LISTED, change("CHANGELOG.md")]);
  assert.deepEqual([cost.ownFiles, cost.ownLines, cost.elsewhere, cost.isFree], [3, 30, [], true]);
});

Deno.test("anything else is named and counts: another file, a second line, a list that is forgotten", () => {
  const room = change("edge/rooms/room.ts", 3);
  assert.deepEqual(costOf("dice", [...LISTED, room]).elsewhere, [room]);
  assert.equal(costOf("dice", [...LISTED, room]).isFree, false);
  assert.equal(costOf("dice", [...LISTED.slice(1), change(LISTS[0], 2)]).isFree, false);
  assert.equal(costOf("dice", [...LISTED.slice(1), change(LISTS[0], 1, 1)]).isFree, false);
  assert.equal(costOf("dice", LISTED.slice(1)).isFree, false);
  assert.equal(costOf("dice", [...LISTED, change("edge/features/dices.ts")]).isFree, false);
});

/** Whether this clone has the commit: one without history has not. */
async function isHere(commit: string): Promise<boolean> {
  const { success } = await new Deno.Command("git", {
    args: ["cat-file", "-e", `${commit}^{commit}`],
    stderr: "null",
  })
    .output();
  return success;
}

for (const [feature, commit] of Object.entries<string>(commits)) {
  Deno.test({
    name: `${feature} was added for one line in each list`,
    ignore: !await isHere(commit),
    async fn() {
      const read = await readCommit(commit);
      assert.equal(read.feature, feature);
      assert.deepEqual(costOf(feature, read.changes).elsewhere, []);
      assert.ok(costOf(feature, read.changes).isFree);
    },
  });
}

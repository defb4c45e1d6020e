import assert from "node:assert/strict";
import { readSources } from "../imports.ts";
import { ALONE } from "../test/suites.ts";
import { featureOf, featureOfLines, speaksOf } from "./feature.ts";
import { listFiles } from "./git.ts";
import { buildGraph } from "./graph.ts";
import { findReached } from "./reach.ts";
import { ALL_PAGES, ALWAYS, DRIVES, EVERYTHING, READS, WORDS_OF } from "./table.ts";

const sources = await readSources();
const files = await listFiles();
const graph = buildGraph(sources, files);

/** The tests that a change of one file of this repository reaches. */
function reached(path: string, lines: readonly string[] = []): string[] {
  assert.ok(files.includes(path), `${path} is no file of this repository`);
  return [...findReached([{ path, lines }], graph, sources, ALONE).keys()].sort();
}

/** The same in a repository of a few files, given by path and text. */
function reachedIn(
  texts: Readonly<Record<string, string>>,
  path: string,
  lines: readonly string[] = [],
): string[] {
  const own = new Map(Object.entries(texts));
  const reasons = findReached([{ path, lines }], buildGraph(own, [...own.keys()]), own, []);
  return [...reasons.keys()].filter((test) => own.has(test)).sort();
}

Deno.test("a change reaches the tests that depend on it, directly or not, by types, packages, workers and paths, and no others", () => {
  const texts = {
    "protocol/ids.ts": "export type Id = string;",
    "edge/worker.ts": "",
    "edge/main.ts":
      'import type { Id } from "@tafelrunde/protocol/ids";\nnew Worker(new URL("./worker.ts", import.meta.url));',
    "tests/rig.ts": "start(`${ROOT}/edge/main.ts`);",
    "tests/a_test.ts": 'import { start } from "./rig.ts";',
    "tests/b_test.ts": "// like edge/main.ts\n",
    "media/src/c_test.ts": 'const { ids } = await import("@tafelrunde/protocol/ids");',
  };
  assert.deepEqual(reachedIn(texts, "protocol/ids.ts"), ["media/src/c_test.ts", "tests/a_test.ts"]);
  assert.deepEqual(reachedIn(texts, "edge/worker.ts"), ["tests/a_test.ts"]);
  assert.deepEqual(reachedIn(texts, "tests/b_test.ts"), ["tests/b_test.ts"]);
});

Deno.test("a change inside a feature stops at the lists that features are plugged into, except for tests that mention it", () => {
  const texts = {
    "edge/hand.ts": "",
    "edge/chat.ts": "",
    "edge/hand_test.ts": 'import "./hand.ts";',
    "edge/decide.ts": 'import "./hand.ts";\nimport "./chat.ts";',
    "edge/decide_test.ts": 'import "./decide.ts";',
    "edge/room.ts": 'import "./decide.ts";',
    "edge/room_test.ts": 'import "./room.ts"; send({ type: "hand.raise" });',
    "edge/call_test.ts": 'import "./room.ts"; press("Raise hand");',
  };
  const feature = ["edge/call_test.ts", "edge/decide_test.ts", "edge/hand_test.ts"];
  const all = [...feature, "edge/room_test.ts"];
  assert.deepEqual(reachedIn(texts, "edge/hand.ts"), feature);
  assert.deepEqual(reachedIn(texts, "edge/decide.ts", ['+    case "hand.raise":']), [
    "edge/call_test.ts",
    "edge/decide_test.ts",
  ]);
  assert.deepEqual(reachedIn(texts, "edge/decide.ts", ['+ case "hand.raise":', "- return undefined"]), [
    "edge/call_test.ts",
    "edge/decide_test.ts",
    "edge/room_test.ts",
  ]);
  assert.deepEqual(reachedIn(texts, "edge/room.ts"), all.filter((path) => /call|room/.test(path)));
});

Deno.test("raising a hand reaches the call in the browser and the rule, and no simulation of networks and crashes", () => {
  for (const path of ["protocol/features/hand/state.ts", "edge/features/hand.ts"]) {
    const tests = reached(path);
    for (const test of ["edge/rooms/decide_test.ts", "tests/call_test.ts"]) {
      assert.ok(tests.includes(test), test);
    }
    assert.ok(tests.length < 20, tests.join("\n"));
    assert.deepEqual(tests.filter((test) => ALONE.includes(test)), []);
  }
  assert.ok(reached("web/src/features/hand/HandButton.tsx").includes("tests/call_test.ts"));
  assert.ok(!reached("web/src/features/hand/HandButton.tsx").includes("tests/dashboard_test.ts"));
});

Deno.test("a feature reaches the tests of the whole system that are named after it, whatever they mention", () => {
  assert.ok(reached("edge/features/chat.ts").includes("tests/chat_delete_test.ts"));
  assert.ok(!reached("edge/features/hand.ts").includes("tests/chat_delete_test.ts"));
});

Deno.test("a change of a page reaches the browser tests that drive it, and a change of what all pages share reaches all", () => {
  const ofAdmin = reached("web/src/admin/Keys.tsx");
  assert.ok(ofAdmin.includes("tests/dashboard_test.ts"));
  assert.ok(!ofAdmin.includes("tests/call_test.ts"));
  assert.deepEqual(reached("web/src/i18n/de_admin.ts"), ofAdmin);
  const ofStage = reached("web/src/room/Stage.tsx");
  assert.ok(ofStage.includes("tests/call_test.ts"));
  assert.ok(!ofStage.includes("tests/dashboard_test.ts"));
  const browserTests = Object.keys(DRIVES);
  for (const path of ["web/src/ui/tokens.css", "web/src/app.tsx", "web/index.html", "web/vite.config.ts"]) {
    assert.deepEqual(browserTests.filter((test) => !reached(path).includes(test)), [], path);
  }
});

Deno.test("files that are started, read or driven are reached: programs, migrations, documents, images", () => {
  const reaches: [string, string][] = [
    ["edge/deploy.ts", "tests/signaling_test.ts"],
    ["edge/main.ts", "tests/cluster_drain_test.ts"],
    ["media/src/peer.ts", "tests/call_test.ts"],
    ["media/src/main.ts", "tests/cluster_media_test.ts"],
    ["edge/identity/password/worker.ts", "edge/identity/password/hasher_test.ts"],
    ["sql/0001_first_release.sql", "edge/store/store_test.ts"],
    ["docs/protocol.md", "tests/docs_test.ts"],
    ["Dockerfile.media", "tests/image_test.ts"],
    ["bench/netlab/netlab.c", "tests/region_call_test.ts"],
    ["protocol/mod.ts", "web/src/call/predict_test.ts"],
  ];
  for (const [path, test] of reaches) {
    assert.ok(reached(path).includes(test), `${path} does not reach ${test}`);
  }
  const all = files.filter((path) => path.endsWith("_test.ts"));
  assert.deepEqual(all.filter((test) => !reached("deno.lock").includes(test)), []);
});

Deno.test("every path in the tables exists", () => {
  const named = [
    ...Object.entries({ ...DRIVES, ...READS }).flatMap(([path, wheres]) => [path, ...wheres]),
    ...Object.values(WORDS_OF).flat(),
    ...ALL_PAGES,
    ...ALWAYS,
    ...EVERYTHING,
    ...ALONE,
  ];
  const isThere = (where: string) =>
    files.some((path) => where.endsWith("/") ? path.startsWith(where) : path === where);
  assert.deepEqual(named.filter((where) => !isThere(where)), []);
});

Deno.test("a file's feature is the first word of its name or its folder below features/", () => {
  const of = (path: string) => featureOf(path, ["hand", "chat"]);
  assert.equal(of("protocol/hand.ts"), "hand");
  assert.equal(of("web/src/room/HandButton.module.css"), "hand");
  assert.equal(of("edge/http/chats.ts"), "chat");
  assert.equal(of("web/src/features/poll/PollPanel.tsx"), "poll");
  assert.equal(of("edge/rooms/handler.ts"), undefined);
  assert.equal(of("edge/rooms/beforehand.ts"), undefined);
  assert.equal(of("web/src/ui/chat.css"), undefined);
  assert.equal(featureOfLines(['+ case "hand.raised":', "+", "+ hands: {},"]), "hand");
  assert.equal(featureOfLines(["+ hands: {},", "+ chat: [],"]), undefined);
  assert.equal(featureOfLines([]), undefined);
  assert.ok(speaksOf("hand", 'test("a hand goes up")'));
  assert.ok(!speaksOf("hand", 'send("hand.raise"); test("on the other handle")'));
});

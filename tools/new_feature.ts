/**
 * `deno task new:feature NAME`: writes the skeleton of a feature, with a failing test in each place, and its
 * line in each list. NAME: one word in lower case, a noun ("poll"). Changes nothing if it exists.
 */
import { dirname } from "node:path";
import { LISTS } from "./feature_cost.ts";
import { ROOT } from "./places.ts";

/** So that tools/imports.ts does not read the imports of the texts below as imports of this file. */
const IMPORT = "import";

/** The files of a new feature, by path, with their text. */
export function skeleton(name: string): Map<string, string> {
  const Name = name[0]!.toUpperCase() + name.slice(1);
  const todo = (what: string) => `Deno.test("${what}", () => {\n  throw new Error("write this test");\n});\n`;
  return new Map([
    [
      `docs/features/${name}.md`,
      `# ${Name}\nThe rules, each with an id.\n\n## Who sees what\n\n## What is kept\n`,
    ],
    [
      `protocol/features/${name}/messages.ts`,
      `${IMPORT} { command, event } from "../../message.ts";

export const messages = {
  commands: {
    "${name}.start": command("${name}.start", {}),
  },
  events: {
    "${name}.started": event("${name}.started", {}),
  },
  up: {},
  down: {},
  settings: {},
  rest: {},
};
`,
    ],
    [
      `protocol/features/${name}/messages_test.ts`,
      `${IMPORT} assert from "node:assert/strict";
${IMPORT} { wireHash } from "../../wire_hash_for_tests.ts";
${IMPORT} { messages } from "./messages.ts";

Deno.test("[V1] a change of the ${name}'s messages needs a new version", () => {
  assert.equal(wireHash(messages), "note the hash here");
});
`,
    ],
    [
      `protocol/features/${name}/largest_for_tests.ts`,
      `${IMPORT} { type Largest, LARGEST_ID as id } from "../../largest_for_tests.ts";
${IMPORT} type { messages } from "./messages.ts";

export const largest: Largest<typeof messages> = {
  "${name}.start": { id },
};
`,
    ],
    [
      `protocol/features/${name}/state.ts`,
      `${IMPORT} { featureState } from "../../feature.ts";
${IMPORT} { PROTOCOL_VERSION } from "../../version.ts";
${IMPORT} type { messages } from "./messages.ts";

/** What everyone in the room knows of it. */
export interface ${Name} {
  readonly startedAt: number | null;
}

export const ${name} = featureState<typeof messages, ${Name}>()({
  since: PROTOCOL_VERSION,
  scope: "space",
  empty: { startedAt: null },
  rights: { start${Name}: { least: "moderator" } },
  needs: { "${name}.start": () => "start${Name}" },
  refusals: [],
  evolve: { "${name}.started": (_before, { at }) => ({ startedAt: at }) },
  on: { "room.ended": () => ({ startedAt: null }) },
});
`,
    ],
    [
      `edge/features/${name}.ts`,
      `${IMPORT} type { EdgeFeature } from "../feature.ts";
${IMPORT} { WITH_THE_LOG } from "../retention_row.ts";

export const ${name} = {
  commands: {
    "${name}.start": {
      adds: "write",
      decide: (_command, { slice }) => slice.startedAt === null ? [{ type: "${name}.started" }] : [],
    },
  },
  up: {},
  retention: [{ what: "${Name}: who started it, and when", ...WITH_THE_LOG }],
} satisfies EdgeFeature<"${name}">;
`,
    ],
    [
      `web/src/features/${name}/words.ts`,
      `${IMPORT} { type Load, wordsBy } from "../../i18n/language.ts";
${IMPORT} type { Words } from "./en.ts";

export const load: Load<Words> = {
  de: async () => (await import("./de.ts")).de,
  en: async () => (await import("./en.ts")).en,
};

/** The feature's words in the current language; it changes. */
export const words = () => wordsBy(load);
`,
    ],
    [
      `web/src/features/${name}/en.ts`,
      `export const en = {
  start: "Start",
  refused: {},
};

export type Words = typeof en;
`,
    ],
    [
      `web/src/features/${name}/de.ts`,
      `${IMPORT} type { Words } from "./en.ts";

export const de: Words = {
  start: "Starten",
  refused: {},
};
`,
    ],
    [
      `web/src/features/${name}/feature.tsx`,
      `${IMPORT} type { WebFeature } from "../../feature.ts";
${IMPORT} { load } from "./words.ts";

export const ${name}: WebFeature = {
  words: load,
};
`,
    ],
    [
      `web/src/features/${name}/${name}_test.ts`,
      `/// <reference lib="deno.ns" />\n${todo(`what the ${name} shows`)}`,
    ],
    [`edge/features/${name}_test.ts`, todo(`what the ${name} decides`)],
    [`tests/features/${name}_test.ts`, todo(`the ${name} with two clients at two edges`)],
  ]);
}

/** A list with one more line, in alphabetical order. */
export function withLine(list: string, path: string, name: string): string {
  const line = {
    "protocol/features.ts": `export { ${name} } from "./features/${name}/state.ts";`,
    "protocol/feature_messages.ts": `export { messages as ${name} } from "./features/${name}/messages.ts";`,
    "edge/features.ts": `export { ${name} } from "./features/${name}.ts";`,
    "web/src/features.ts": `export { ${name} } from "./features/${name}/feature.tsx";`,
  }[path];
  if (line === undefined) throw new Error(`${path} is no list of features`);
  const lines = list.trimEnd().split("\n");
  const rest = lines.filter((one) => !one.startsWith("export "));
  const features = [...lines.filter((one) => one.startsWith("export ")), line].sort();
  return [...rest, ...features, ""].join("\n");
}

if (import.meta.main) {
  const [name = ""] = Deno.args;
  if (!/^[a-z]{2,20}$/.test(name)) {
    console.error("usage: deno task new:feature NAME (one word in lower case)");
    Deno.exit(2);
  }
  const files = skeleton(name);
  for (const path of files.keys()) {
    if (await Deno.stat(`${ROOT}/${path}`).then(() => true, () => false)) {
      console.error(`${path} exists already`);
      Deno.exit(1);
    }
  }
  for (const [path, text] of files) {
    await Deno.mkdir(dirname(`${ROOT}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${ROOT}/${path}`, text);
    console.log(path);
  }
  for (const path of LISTS) {
    const list = await Deno.readTextFile(`${ROOT}/${path}`);
    await Deno.writeTextFile(`${ROOT}/${path}`, withLine(list, path, name));
    console.log(`${path}: one line`);
  }
  console.log(`\nNow: docs/features/${name}.md, then what CONTRIBUTING.md, "Add a feature", says.`);
}

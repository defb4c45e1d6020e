/**
 * Checks what the documents say about the code: links point to existing files, excerpts match, tables are up
 * to date.
 */
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { CLOSE } from "@tafelrunde/protocol";
import { ROOT } from "../tools/places.ts";
import { configTables, privacyTables, protocolTables, withTables } from "../tools/print_config.ts";

/** Every Markdown file of the repository: path from its root, and text. */
const papers = new Map<string, string>();
for (const folder of ["", "docs", "docs/adr", "docs/features", "bench/netlab"]) {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, entry.name);
    if (entry.isFile && path.endsWith(".md")) papers.set(path, await Deno.readTextFile(join(ROOT, path)));
  }
}

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

/** The prose of a document: neither fenced nor in backticks. */
const proseOf = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** Targets of links and images. */
const linksOf = (text: string) =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);

/** The anchor of a heading. Source: the behavior of GitHub and GitLab. */
const slugOf = (heading: string) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");

Deno.test("every link in the documents leads to an existing file, and to an existing heading", async () => {
  const broken: string[] = [];
  for (const [path, text] of papers) {
    for (const link of linksOf(text)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file = "", heading] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file));
      const isThere = await Deno.stat(join(ROOT, target)).then(() => true, () => false);
      const headings = [...(papers.get(target) ?? "").matchAll(/^#+ (.+)$/gm)].map(([, name]) =>
        slugOf(name!)
      );
      if (!isThere || heading !== undefined && !headings.includes(heading)) broken.push(`${path}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("every excerpt with `file:` matches that file line by line; `…` stands for omitted lines", async () => {
  const wrong: string[] = [];
  let excerpts = 0;
  for (const [path, text] of papers) {
    for (const [, file, excerpt] of text.matchAll(/^```\w+ file:(\S+)\n([\s\S]*?)^```$/gm)) {
      excerpts++;
      const source = await read(file!).catch(() => "");
      let from = 0;
      for (const part of excerpt!.split(/^…\n/m)) {
        const at = `\n${source}`.indexOf(`\n${part}`, from);
        if (at < 0) wrong.push(`${path}: not in ${file}:\n${part}`);
        else from = at + part.length;
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(excerpts > 0, "CONTRIBUTING shows code");
});

Deno.test("the tables of variables, limits and metrics match the code (`deno run -A tools/print_config.ts --write`)", async () => {
  const page = await read("docs/running.md");
  assert.equal(page, withTables(page, configTables()));
});

Deno.test("[R1] the protocol's table of rights matches the code (`deno run -A tools/print_config.ts --write`)", async () => {
  const page = await read("docs/protocol.md");
  assert.equal(page, withTables(page, protocolTables()));
});

Deno.test("[I7] the table of what is stored matches the code (`deno run -A tools/print_config.ts --write`)", async () => {
  const page = await read("docs/privacy.md");
  assert.equal(page, withTables(page, privacyTables()));
});

Deno.test("[X2] the protocol's table of close codes matches the code", async () => {
  const words = { stayAway: "stay away", comeBack: "come back", reload: "reload the page" };
  const rows = [...(await read("docs/protocol.md")).matchAll(/^\| (\d{4}) \| (\w+)[^|]* \| ([^|]+) \|$/gm)];
  assert.deepEqual(
    Object.fromEntries(rows.map(([, code, name, after]) => [name, { code: Number(code), after }])),
    Object.fromEntries(
      Object.entries(CLOSE).map(([name, { code, after }]) => [name, { code, after: words[after] }]),
    ),
  );
});

Deno.test("everything that the pages keep in a browser's storage is in the privacy document", async () => {
  const privacy = await read("docs/privacy.md");
  const untold: string[] = [];
  let keys = 0;
  for await (const path of filesBelow("web/src", /(?<!_test)\.tsx?$/)) {
    const source = await read(path);
    if (!/(local|session)Storage/.test(source)) continue;
    for (const [, key] of source.matchAll(/"(tafelrunde:\w+)"/g)) {
      keys++;
      if (!privacy.includes(`\`${key}\``)) untold.push(`${path}: ${key}`);
    }
  }
  assert.deepEqual(untold, []);
  assert.ok(keys > 0, "the keys are found");
});

Deno.test("every rule that a test names is documented", async () => {
  const pages = [...papers].filter(([path]) =>
    path === "docs/protocol.md" || path.startsWith("docs/features/")
  );
  const ids = pages.flatMap(([, text]) => [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id!));
  const rules = new Set(ids);
  assert.equal(rules.size, ids.length, "each id is used once");
  const unknown: string[] = [];
  for (const folder of ["protocol", "edge", "media/src", "web/src", "tests"]) {
    for await (const path of filesBelow(folder, /_test\.tsx?$/)) {
      for (const [, id] of (await read(path)).matchAll(/"\[([A-Z]\d+)\]/g)) {
        if (!rules.has(id!)) unknown.push(`${path}: ${id}`);
      }
    }
  }
  assert.deepEqual(unknown, []);
});

/** Paths of the files below `folder` whose path matches. */
async function* filesBelow(folder: string, matches: RegExp): AsyncIterable<string> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && entry.name !== "node_modules") yield* filesBelow(path, matches);
    else if (matches.test(path)) yield path;
  }
}

import assert from "node:assert/strict";
import { PatchError } from "./patches.ts";
import { ownNames, uniteSources } from "./unity.ts";

const MEDIASOUP = new URL("../node_modules/mediasoup/worker", import.meta.url).pathname;

async function withSources(test: (worker: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("cp", { args: ["-r", MEDIASOUP, `${folder}/worker`] })
      .output();
    assert.ok(success);
    await test(`${folder}/worker`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All sources that a text names, with duplicates. */
const sourcesIn = (text: string) =>
  [...text.matchAll(/["']((?:src|libwebrtc)\/[^"']+\.(?:cpp|cc))["']/g)].map(([, path]) => path).sort();

Deno.test("each source of mediasoup's worker is compiled once, in one unit", async () => {
  await withSources(async (worker) => {
    const builds = ["meson.build", "deps/libwebrtc/meson.build"].map((file) => `${worker}/${file}`);
    const listed = builds.flatMap((file) => sourcesIn(Deno.readTextFileSync(file)));
    const units = await uniteSources(worker);
    const left = builds.flatMap((file) => sourcesIn(Deno.readTextFileSync(file)));
    assert.deepEqual([...units.flatMap(({ sources }) => sources), ...left].sort(), listed.sort());
    assert.deepEqual(left, ["src/main.cpp"]);
    for (const { name, sources } of units) {
      const isWebrtc = name.startsWith("unity_webrtc");
      const text = await Deno.readTextFile(`${worker}/${isWebrtc ? "deps/libwebrtc/" : ""}${name}`);
      assert.deepEqual(sourcesIn(text), [...sources].sort());
      const build = await Deno.readTextFile(builds[isWebrtc ? 1 : 0] ?? "");
      assert.equal(build.split(`'${name}'`).length, 2, name);
    }
  });
});

Deno.test("no unit has two sources that declare the same name for themselves", async () => {
  await withSources(async (worker) => {
    for (const { name, sources } of await uniteSources(worker)) {
      const owners = new Map<string, string>();
      for (const path of sources) {
        const folder = path.startsWith("libwebrtc") ? `${worker}/deps/libwebrtc` : worker;
        for (const own of ownNames(await Deno.readTextFile(`${folder}/${path}`))) {
          assert.equal(owners.get(own), undefined, `${name}: ${own} in ${path} and ${owners.get(own)}`);
          owners.set(own, path);
        }
      }
    }
  });
});

Deno.test("no source leaves a macro to later ones that another source defines or checks", async () => {
  await withSources(async (worker) => {
    for (const { sources } of await uniteSources(worker)) {
      const folder = sources[0]?.startsWith("libwebrtc") ? `${worker}/deps/libwebrtc` : worker;
      const texts = await Promise.all(sources.map((path) => Deno.readTextFile(`${folder}/${path}`)));
      for (const [index, text] of texts.entries()) {
        for (const [, macro] of text.matchAll(/^#define (\w+)/gm)) {
          if (macro === "MS_CLASS" || text.includes(`#undef ${macro}`)) continue;
          const others = texts.filter((other, place) => place !== index && other.includes(macro ?? ""));
          assert.equal(others.length, 0, `${macro} of ${sources[index]}`);
        }
      }
    }
  });
});

Deno.test("file-local names are found in the forms that mediasoup and libwebrtc use", () => {
  const names = ownNames([
    "static constexpr size_t ReadBufferSize{ 65536 };",
    "\talignas(4) static thread_local uint8_t ReadBuffer[ReadBufferSize];",
    "inline static void onAlloc(uv_handle_t* handle)",
    "\t\tstatic constexpr uint16_t MaxDropout{ 3000 };",
    "static std::mutex GlobalSyncMutex;",
    "const double kMaxAdaptOffsetMs = 15.0;",
    "  kTimestampGroupLengthMs = 5,",
    "enum { kDeltaCounterMax = 1000 };",
    "\tbool Consumer::IsActive() const",
    "\t\tconst auto* local = this;",
  ].join("\n"));
  assert.deepEqual([...names].sort(), [
    "GlobalSyncMutex",
    "MaxDropout",
    "ReadBuffer",
    "ReadBufferSize",
    "kDeltaCounterMax",
    "kMaxAdaptOffsetMs",
    "kTimestampGroupLengthMs",
    "onAlloc",
  ]);
});

Deno.test("build files of another mediasoup version are refused", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/meson.build`, "sources = ['src/lib.cpp']\n");
  await assert.rejects(uniteSources(folder), PatchError);
  await Deno.remove(folder, { recursive: true });
});

import assert from "node:assert/strict";
import { buildWorker, cachedWorker, type Run } from "./worker.ts";
import { keepWorker } from "./cache.ts";
import { installedVersions } from "./debian.ts";
import { prebuiltName } from "./prebuilt.ts";

const VERSION = "0.0.0-test";

/** A program that exits like a mediasoup-worker without its parent. */
const WORKER = "#!/bin/sh\nexit 41\n";

async function withCache(test: (cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${cache}/tmp`);
    await test(cache);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/**
 * Fake compilers: runs programs that copy files, creates the worker at "install", and fails at the program
 * `failing`.
 */
function fakeCompilers(failing?: string): Run {
  return async (command, args) => {
    if (command === failing) return { code: 1, output: "out of memory" };
    if (command === "install") {
      await Deno.writeTextFile(args.at(-1) ?? "", WORKER, { mode: 0o755 });
    } else if (command === "cp" || command === "tar") {
      const { code } = await new Deno.Command(command, { args }).output();
      return { code, output: "" };
    } else if (command.endsWith("apt-helper")) return { code: 100, output: "no network" };
    return { code: 0, output: "" };
  };
}

const build = (cache: string, run: Run) =>
  buildWorker({
    mediasoupDir: new URL("../node_modules/mediasoup", import.meta.url).pathname,
    version: VERSION,
    cache,
    run,
    tell: () => {},
  });

Deno.test("a build is cached and found again, and another build replaces it", async () => {
  await withCache(async (cache) => {
    assert.equal(await cachedWorker(cache, VERSION), undefined);
    const worker = await build(cache, fakeCompilers());
    assert.equal(await cachedWorker(cache, VERSION), worker);
    assert.equal(await build(cache, fakeCompilers()), worker);
    assert.equal(await cachedWorker(cache, VERSION), worker);
    assert.deepEqual([...Deno.readDirSync(`${cache}/tmp`)], []);
  });
});

Deno.test("two simultaneous builds produce one worker, which both can use", async () => {
  await withCache(async (cache) => {
    const [one, other] = await Promise.all([build(cache, fakeCompilers()), build(cache, fakeCompilers())]);
    assert.equal(one, other);
    assert.equal(await cachedWorker(cache, VERSION), one);
    assert.deepEqual([...Deno.readDirSync(`${cache}/tmp`)], []);
  });
});

Deno.test("a failing build reports the reason and leaves nothing in the cache", async () => {
  await withCache(async (cache) => {
    await assert.rejects(build(cache, fakeCompilers("ninja")), /ninja .* ended with 1:\nout of memory/);
    assert.equal(await cachedWorker(cache, VERSION), undefined);
    assert.deepEqual([...Deno.readDirSync(cache)].map(({ name }) => name), ["tmp"]);
    assert.deepEqual([...Deno.readDirSync(`${cache}/tmp`)], []);
  });
});

Deno.test("a cached worker that was built with other library versions, or that does not start, is not used", async () => {
  await withCache(async (cache) => {
    const keep = async (text: string, libraries: Record<string, string>) => {
      const folder = await Deno.makeTempDir({ dir: cache });
      await Deno.writeTextFile(`${folder}/mediasoup-worker`, text, { mode: 0o755 });
      return await keepWorker(cache, VERSION, folder, { from: "built", libraries });
    };
    const [installed] = Object.entries(await installedVersions(["dpkg", "libc6"]));
    assert.ok(installed, "these tests run on Debian");
    const worker = await keep(WORKER, { [installed[0]]: installed[1], "not-installed-dev": "1.0" });
    assert.equal(await cachedWorker(cache, VERSION), worker);
    await keep(WORKER, { [installed[0]]: "0.0.1" });
    assert.equal(await cachedWorker(cache, VERSION), undefined);
    await keep("#!/bin/sh\nexit 1\n", {});
    assert.equal(await cachedWorker(cache, VERSION), undefined);
  });
});

Deno.test("the prebuilt worker has the name that mediasoup publishes it under", () => {
  assert.equal(
    prebuiltName("3.27.1", "linux", "x64", "6.1.0-35-amd64"),
    "mediasoup-worker-3.27.1-linux-x64-kernel6.tgz",
  );
  assert.equal(
    prebuiltName("3.27.1", "darwin", "arm64", "24.1.0"),
    "mediasoup-worker-3.27.1-darwin-arm64.tgz",
  );
});

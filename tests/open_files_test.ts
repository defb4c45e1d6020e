import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { ROOT } from "../tools/places.ts";
import { EdgeProcess } from "./edge_process.ts";
import { metricOn, METRICS_TOKEN, readMetrics } from "./metrics_page.ts";
import { ENTRIES, makeProcessBase } from "./process_base.ts";
import { createRoom, SignalClient } from "./signal_client.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** The limit of open files on many systems. */
const OPEN_FILES = 1_024;

/** A lower limit, so that fewer requests reveal what each leaves open. */
const FEW_FILES = 512;

/** Requests for files of the pages; more than the limit of open files. */
const REQUESTS = 600;

/** A page with a file that exists in three encodings. */
async function makePages(): Promise<string> {
  const directory = await makeTempFolder("tafelrunde-pages-");
  await Deno.mkdir(`${directory}/assets`);
  await Deno.mkdir(`${directory}/.vite`);
  const write = (name: string, text: string) => Deno.writeTextFile(`${directory}/${name}`, text);
  await write("index.html", '<!doctype html><html lang="en"><head></head><title>Tafelrunde</title>');
  await write(".vite/manifest.json", "{}");
  for (const ending of ["", ".br", ".gz"]) {
    await write(`assets/main.js${ending}`, `file${ending} `.repeat(20_000));
  }
  await write("icon.svg", "<svg/>");
  return directory;
}

/**
 * Resolves when the condition holds; rejects after 60 s: on a machine without free CPU time, the watchdog
 * waits for 20.
 */
async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!await isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Files that an edge can open for itself meanwhile: PGlite opens its own as needed. */
const OWN_FILES = { postgres: 40, pglite: 100 } as const;

for (const { entry, kind } of ENTRIES) {
  Deno.test(`${REQUESTS} requests for files leave none open, however they are made, ${entry} (${kind})`, async (t) => {
    await using base = await makeProcessBase(kind);
    const env = { ...base.env, WEB_DIR: await makePages() };
    await using edge = await EdgeProcess.start(env, { entry, openFiles: FEW_FILES });
    const file = `${edge.origin}/assets/main.js`;
    const etag = (await fetch(file, { method: "HEAD" })).headers.get("etag")!;
    const ways: Record<string, () => Promise<Response | void>> = {
      HEAD: () => fetch(file, { method: "HEAD" }),
      "HEAD of a compressed file": () =>
        fetch(file, { method: "HEAD", headers: { "accept-encoding": "br" } }),
      GET: () => fetch(file, { headers: { "accept-encoding": "identity" } }),
      "GET of a compressed file": () => fetch(file, { headers: { "accept-encoding": "gzip, br" } }),
      Range: () => fetch(file, { headers: { range: "bytes=10-20" } }),
      "If-None-Match": () => fetch(file, { headers: { "if-none-match": etag } }),
      "of nothing": () => fetch(`${edge.origin}/assets/none.js`),
      aborted: async () => {
        const aborted = new AbortController();
        const response = await fetch(file, { signal: aborted.signal });
        aborted.abort();
        await response.body?.cancel().catch(() => {});
      },
    };
    for (const [way, ask] of Object.entries(ways)) {
      await t.step(way, async () => {
        const before = edge.openFiles();
        for (let n = 0; n < REQUESTS; n += 30) {
          const responses = await Promise.all(Array.from({ length: 30 }, ask));
          await Promise.all(responses.map((response) => response?.body?.cancel()));
        }
        await until("files are closed", () => edge.openFiles() <= before + OWN_FILES[kind]);
      });
    }
    await t.step("and each kind of request gets the right response", async () => {
      const head = await fetch(file, { method: "HEAD", headers: { "accept-encoding": "identity" } });
      assert.equal(head.headers.get("content-length"), "100000");
      assert.equal((await fetch(file, { headers: { "if-none-match": `W/${etag}` } })).status, 304);
      const packed = await fetch(file, { headers: { "accept-encoding": "br;q=0, gzip" } });
      assert.equal(packed.headers.get("vary"), "accept-encoding");
      await packed.body?.cancel();
      const icon = await fetch(`${edge.origin}/icon.svg`);
      assert.match(icon.headers.get("content-type") ?? "", /^image\/svg\+xml/);
      assert.equal(await icon.text(), "<svg/>");
    });
  });
}

/** Opens `count` connections that send `text`, and nothing else. */
function flood(port: number, count: number, text = ""): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    socket.once("connect", () => socket.write(text));
    return socket;
  });
}

/** Largest growth during a flood beyond the idle edge, bytes; that is about 130 MiB, with PGlite 350. */
const MAX_GROWTH_BYTES = 270 * 1024 * 1024;

const FLOODS = {
  "that say nothing": { text: "", why: "address" },
  "that say half a request": { text: "GET / HTTP/1.1\r\nHost: x\r\n", why: "address" },
  "that owe the body of their request": {
    text:
      "POST /v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    why: "address",
  },
  "that rest after a request": { text: "GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n", why: "address" },
  // Each is ended as soon as it is read, so that they may never be too many at a time.
  "that ask fifty times at once": {
    text: "GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50),
    why: "pipelined",
  },
  "that ask four times and read no answer": {
    text: "GET /assets/main.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4),
    why: "address",
  },
};

for (const [index, [flooding, { text, why }]] of Object.entries(FLOODS).entries()) {
  // Edge functions have the connections that their platform gives them.
  const kind = index % 2 === 0 ? "pglite" : "postgres";
  Deno.test(`2,000 connections of one address ${flooding} leave files for others (${kind})`, async () => {
    await using base = await makeProcessBase(kind);
    const env = { ...base.env, METRICS_TOKEN, WEB_DIR: await makePages() };
    await using edge = await EdgeProcess.start(env, { openFiles: OPEN_FILES });
    const anna = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Anna");
    const atRest = edge.residentBytes();
    const filesAtRest = edge.openFiles();
    const sockets = flood(edge.port, 1_000, text);
    await until("they were taken or refused", () => sockets.every(({ connecting }) => !connecting));
    sockets.push(...flood(edge.port, 1_000, text));
    // From another address of the machine: the share of the first is used up.
    const other = connect({ host: "127.0.0.1", port: edge.port, localAddress: "127.0.0.2" });
    const answered = new Promise<string>((resolve, reject) => {
      other.once("data", (data: Uint8Array) => resolve(new TextDecoder().decode(data)));
      other.once("error", reject);
      other.once("close", () => resolve(""));
    });
    other.write("GET /v1/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert.match(await answered, /^HTTP\/1\.1 200 /);
    assert.equal((await anna.ask({ type: "hand.raise", raised: true })).type, "hand.raised");
    const growth = edge.residentBytes() - atRest;
    assert.ok(growth < MAX_GROWTH_BYTES, `${growth >> 20} MiB more`);
    assert.ok(edge.openFiles() < OPEN_FILES * 0.6, `${edge.openFiles()} files`);
    for (const socket of sockets) socket.destroy();
    other.destroy();
    await until("they are gone", () => edge.openFiles() <= filesAtRest + OWN_FILES[kind]);
    const page = await readMetrics(`${edge.origin}/v1/metrics`);
    assert.ok(metricOn(page, `tafelrunde_edge_shed_connections_total{why="${why}"}`)! > 0);
    assert.ok(edge.isRunning);
    await anna.close();
  });
}

for (const entry of new Set(ENTRIES.map((one) => one.entry))) {
  Deno.test(`an edge that accepts no connections anymore exits by itself, ${entry}`, async () => {
    await using base = await makeProcessBase("postgres");
    const env = { ...base.env };
    await using edge = await EdgeProcess.start(env, { entry, openFiles: OPEN_FILES });
    // Limits it to the files that it already has open, so that accepting fails.
    await setOpenFiles(edge.pid, edge.openFiles());
    await until("it has ended", () => !edge.isRunning);
    await edge.startAgain();
    assert.equal((await fetch(`${edge.origin}/v1/version`)).status, 200);
  });

  Deno.test(`an edge with a blocked event loop is killed within 10 s, ${entry}`, async () => {
    await using base = await makeProcessBase("postgres");
    await using edge = await EdgeProcess.start(base.env, {
      entry,
      preload: `${ROOT}/tests/standing_loop.ts`,
    });
    assert.equal((await fetch(`${edge.origin}/v1/version`)).status, 200);
    edge.signal("SIGUSR2");
    await until("it has ended", () => !edge.isRunning);
  });
}

/** Changes the limit of open files of a running process. Source: prlimit(1). */
async function setOpenFiles(pid: number, count: number): Promise<void> {
  const { success } = await new Deno.Command("prlimit", {
    args: [`--pid=${pid}`, `--nofile=${count}:${count}`],
  })
    .output();
  assert.ok(success, "prlimit");
}

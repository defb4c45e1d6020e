/** What proxies, load balancers and old clients do to requests and responses in transit. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { KEEP_ALIVE_MS } from "../edge/connections.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../edge/store/tenant.ts";
import { makeStubPages, type Serving, startTestEdge } from "./edge_rig.ts";
import { ask } from "./raw_http.ts";
import { signIn } from "./rest_client.ts";
import { createRoom } from "./signal_client.ts";

/** Longer than Node's servers keep an idle connection by default, 5 s plus one. */
const REST_MS = 7_000;

/** A connection that sends exactly what it is told to. */
class RawConnection implements Disposable {
  readonly #socket: Socket;
  #text = "";
  #isOver = false;
  #wake = () => {};

  constructor(origin: string) {
    const { hostname, port } = new URL(origin);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text) => {
      this.#text += String(text);
      this.#wake();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Whether the other side has closed it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  say(lines: readonly string[]): void {
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  /** The text since the last call up to a match; everything received if the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text) && !this.#isOver) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const found = pattern.exec(this.#text);
    const end = found === null ? this.#text.length : found.index + found[0].length;
    const text = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return text;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

for (const serving of ["server", "function"] satisfies Serving[]) {
  testOnStores(`what proxies change in transit: as ${serving}`, async ({ store }, t) => {
    const webDir = await makeStubPages();
    const script = "export const one = 1;\n".repeat(50);
    await Deno.mkdir(`${webDir}/assets`);
    await Deno.writeTextFile(`${webDir}/assets/app.js`, script);
    await Deno.writeTextFile(`${webDir}/assets/app.js.gz`, "stands for a compressed one");
    await ensureDefaultTenant(store.db, Date.now());
    await using edge = await startTestEdge({ store, serving, webDir, env: { TRUSTED_PROXIES: "1" } });
    const { origin } = edge;
    const { host } = new URL(origin);
    const person = await signIn(store.db, origin, DEFAULT_TENANT);
    using resting = new RawConnection(origin);
    resting.say(["GET /v1/health HTTP/1.1", `Host: ${host}`, ""]);
    const first = await resting.until(/"status":"ok".*\}/);
    const restedSince = performance.now();

    await t.step(
      "[A45] an ETag is recognized as nginx, Apache, Caddy and others return it",
      async () => {
        const { room } = await person.get<{ room: string }>("POST", "/v1/rooms", { name: "Rat" });
        const path = `/v1/rooms/${room}`;
        let version = 1;
        const spellings = [
          (n: number) => `"${n}"`,
          (n: number) => `W/"${n}"`,
          (n: number) => `"${n}-gzip"`,
          (n: number) => `W/"${n}-gzip"`,
          (n: number) => `"${n}-br"`,
          (n: number) => `"${n}-zstd"`,
          (n: number) => `"${n}--gzip"`,
          (n: number) => `"${n};gz"`,
          (n: number) => `"${n}"-gzip`,
          (n: number) => `${n}`,
          (n: number) => `"${n + 7}", W/"${n}-gzip" ,"abc"`,
          (n: number) => `W/"${n}", "${n}"`,
          () => "*",
        ];
        for (const spelt of spellings) {
          const known = await person.ask("GET", path, undefined, { "if-none-match": spelt(version) });
          assert.deepEqual([known.status, await known.text()], [304, ""], spelt(version));
          const changed = await person.ask("PATCH", path, { name: `Rat ${version}` }, {
            "if-match": spelt(version),
          });
          assert.equal(changed.status, 200, `${spelt(version)}: ${await changed.text()}`);
          version++;
        }
        for (const spelt of spellings.slice(0, -1)) {
          const old = await person.fail("PATCH", path, { name: "x" }, { "if-match": spelt(version - 8) });
          assert.deepEqual(old, [412, "version.outdated"], spelt(version - 8));
          const stale = await person.ask("GET", path, undefined, { "if-none-match": spelt(version - 8) });
          assert.equal(stale.status, 200, "what it has is older");
          await stale.body?.cancel();
        }
        for (const wrong of ['"abc"', '""', "", '"0"', '"1-2"', '"1e3"', `"1"${', "1"'.repeat(50)}`]) {
          const answer = await person.fail("PATCH", path, { name: "x" }, { "if-match": wrong });
          assert.deepEqual(answer, [422, "request.invalid"], wrong);
        }
      },
    );

    await t.step("[A45] so is that of a file, by encoding", async () => {
      const url = `${origin}/assets/app.js`;
      const plain = await ask(url, { headers: { "accept-encoding": "identity" } });
      assert.equal(plain.text, script);
      const packed = await ask(url, { headers: { "accept-encoding": "gzip;q=1.0, *;q=0" } });
      assert.equal(packed.headers["content-encoding"], "gzip");
      assert.match(packed.headers.vary ?? "", /accept-encoding/i);
      for (const none of [undefined, "", "gzip;q=0", "br, gzip;q=0", "deflate"]) {
        const headers: Record<string, string> = none === undefined ? {} : { "accept-encoding": none };
        const answer = await ask(url, { headers });
        assert.deepEqual(
          [answer.headers["content-encoding"], answer.text],
          [undefined, script],
          String(none),
        );
      }
      const etag = plain.headers.etag!;
      assert.notEqual(packed.headers.etag, etag);
      for (const tag of [etag, `W/${etag}`, etag.replace(/"$/, '-gzip"'), `"x", ${etag}`, "*"]) {
        const known = await ask(url, { headers: { "accept-encoding": "identity", "if-none-match": tag } });
        assert.equal(known.status, 304, tag);
      }
      const part = await ask(url, { headers: { range: "bytes=0-9", "accept-encoding": "identity" } });
      assert.deepEqual([part.status, part.text], [200, script], "parts are not offered: all of it is right");
    });

    await t.step("[A43] HTTP/1.0, with and without Host, as nginx and health checks speak it", async () => {
      using bare = new RawConnection(origin);
      bare.say(["GET /v1/health HTTP/1.0", ""]);
      assert.match(await bare.until(/\0/), /^HTTP\/1\.[01] 200 [^]*"status":"ok"/, "and then it ends");
      using named = new RawConnection(origin);
      named.say(["GET /v1/branding HTTP/1.0", `Host: ${host}`, "Connection: close", ""]);
      assert.match(await named.until(/\0/), / 200 /);
    });

    await t.step("[A43] a body in chunks, announced by Expect", async () => {
      using connection = new RawConnection(origin);
      connection.say([
        "POST /v1/rooms HTTP/1.1",
        `Host: ${host}`,
        "Content-Type: application/json; charset=utf-8",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "",
      ]);
      assert.match(await connection.until(/\r\n\r\n/), /^HTTP\/1\.1 100 /);
      connection.say(["8", '{"name":', "6", '"Rat"}', "0", ""]);
      assert.match(await connection.until(/"room":"/), /^HTTP\/1\.1 201 /);
    });

    await t.step("[A43] an upgrade in other letter cases, among other tokens", async () => {
      const room = await createRoom(origin);
      using connection = new RawConnection(origin);
      connection.say([
        "GET /v1/signal HTTP/1.1",
        `HOST: ${host.toUpperCase()}`,
        "UPGRADE: WebSocket",
        "connection: Keep-Alive, UPGRADE",
        "sec-websocket-version: 13",
        "SEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==",
        "",
      ]);
      const answer = await connection.until(/\r\n\r\n/);
      assert.match(answer, /^HTTP\/1\.1 101 /, room.room);
      assert.match(answer, /s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
    });

    await t.step("[A43] half of an upgrade is refused, and is no fault of the edge", async () => {
      const whole = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ];
      const halves = [
        ["GET", ...whole.filter((line) => !line.startsWith("Connection"))],
        ["GET", "Connection: keep-alive", ...whole.slice(1)],
        ["GET", ...whole.slice(0, 3)],
        ["GET", ...whole.slice(0, 3), "Sec-WebSocket-Key: short"],
        ["GET", ...whole.filter((line) => !line.startsWith("Sec-WebSocket-Version"))],
        ["GET", ...whole.slice(0, 2), "Sec-WebSocket-Version: 1", ...whole.slice(3)],
        ["HEAD", ...whole],
      ];
      for (const [method, ...lines] of halves) {
        using connection = new RawConnection(origin);
        connection.say([`${method} /v1/signal HTTP/1.1`, `Host: ${host}`, ...lines, ""]);
        assert.match(await connection.until(/\r\n\r\n/), /^HTTP\/1\.1 400 /, `${method} ${lines}`);
      }
    });

    await t.step("[A43] cookies in several headers, as HTTP/2 splits them", async () => {
      using connection = new RawConnection(origin);
      connection.say([
        "GET /v1/account HTTP/1.1",
        `Host: ${host}`,
        "Cookie: other=1; more=2",
        `Cookie: ${person.headers.cookie}`,
        "Connection: close",
        "",
      ]);
      assert.match(await connection.until(/\0/), /^HTTP\/1\.1 200 /);
    });

    await t.step("[A43] https as reported by proxies in a row", async () => {
      for (const scheme of ["https", "HTTPS", "https, http", " https"]) {
        const page = await ask(`${origin}/`, { headers: { "x-forwarded-proto": scheme } });
        assert.match(String(page.headers["set-cookie"]), /^__Host-tafelrunde=.*; Secure/i, scheme);
      }
      const plain = await ask(`${origin}/`, { headers: { "x-forwarded-proto": "http" } });
      assert.match(String(plain.headers["set-cookie"]), /^tafelrunde=/);
    });

    await t.step("[A43] a path in other spellings: a trailing slash, percent signs", async () => {
      const { room } = await person.get<{ room: string }>("POST", "/v1/rooms", {});
      const escaped = room.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
      for (const path of [`/v1/rooms/${room}/`, `/v1/rooms/${escaped}`]) {
        const answer = await person.get<{ id: string }>("GET", path);
        assert.equal(answer.id, room, path);
      }
      const page = await ask(`${origin}/r/${room}/`, { headers: { accept: "text/html" } });
      assert.equal(page.status, 200);
    });

    await t.step("[A43] an idle connection is kept for longer than proxies keep theirs", async () => {
      assert.match(first, /^HTTP\/1\.1 200 /);
      // Node's own servers say how long; Deno's has no limit.
      const said = /\r\nkeep-alive: timeout=(\d+)/i.exec(first)?.[1];
      assert.equal(said, serving === "server" ? String(KEEP_ALIVE_MS / 1000) : undefined);
      assert.ok(KEEP_ALIVE_MS > 600_000);
      const left = REST_MS - (performance.now() - restedSince);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
      assert.equal(resting.isOver, false);
      resting.say(["GET /v1/version HTTP/1.1", `Host: ${host}`, "Connection: close", ""]);
      assert.match(await resting.until(/\0/), / 200 /);
    });
  });
}

import assert from "node:assert/strict";
import { PROTOCOL_VERSION } from "@tafelrunde/protocol";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { ask } from "./raw_http.ts";
import { createRoom } from "./signal_client.ts";

testOnStores("the REST API", async ({ store }, t) => {
  await using edge = await startTestEdge({ store });
  const { origin } = edge;
  const problem = async (response: Response) => {
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const body = await response.json();
    assert.equal(body.status, response.status);
    return [response.status, body.code, body.detail ?? ""];
  };

  await t.step("[A1] a new room has a link whose secret is in the fragment", async () => {
    const room = await createRoom(origin, " Rat der Stadt ");
    assert.match(room.room, /^[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/);
    assert.equal(room.url, `${origin}/r/${room.room}#${room.link}`);
    const info = await fetch(`${origin}/v1/rooms/${room.room}/lobby`, {
      headers: { authorization: `Bearer ${room.link}` },
    });
    assert.deepEqual(await info.json(), { room: room.room, name: "Rat der Stadt", present: 0 });
  });

  await t.step("[A2] the database holds no link secret", async () => {
    const room = await createRoom(origin);
    const rows = await store.db.selectFrom("room").selectAll().execute();
    assert.ok(!JSON.stringify(rows).includes(room.link));
  });

  await t.step("[A3] without the link, an existing room looks like a missing one", async () => {
    const room = await createRoom(origin);
    const answers = await Promise.all([
      fetch(`${origin}/v1/rooms/${room.room}/lobby`),
      fetch(`${origin}/v1/rooms/${room.room}/lobby`, {
        headers: { authorization: `Bearer ${"x".repeat(22)}` },
      }),
      fetch(`${origin}/v1/rooms/aaaa-aaaa-aaaa/lobby`, { headers: { authorization: `Bearer ${room.link}` } }),
      fetch(`${origin}/v1/rooms/..%2f..%2fetc/lobby`),
    ]);
    const problems = await Promise.all(answers.map(problem));
    for (const answer of problems) assert.deepEqual(answer, problems[0]);
    assert.deepEqual(problems[0]!.slice(0, 2), [404, "room.unknown"]);
  });

  await t.step("[A4] wrong input is a problem that names the field", async () => {
    const headers = { "content-type": "application/json" };
    const post = (body: string) =>
      fetch(`${origin}/v1/rooms`, { method: "POST", headers, body }).then(problem);
    assert.deepEqual(await post("{"), [400, "request.notJson", "The body is not JSON."]);
    assert.deepEqual(await post('{"name":7}'), [422, "request.invalid", "name: text"]);
    assert.deepEqual(await post(`{"name":"${"x".repeat(121)}"}`), [
      422,
      "request.invalid",
      "name: tooLong",
    ]);
    assert.deepEqual((await post('{"owner":1}')).slice(0, 2), [422, "request.invalid"]);
    assert.deepEqual((await post(`{"name":"${"x".repeat(70_000)}"}`)).slice(0, 2), [413, "request.tooLarge"]);
    assert.deepEqual((await problem(await fetch(`${origin}/v1/nothing`))).slice(0, 2), [
      404,
      "route.unknown",
    ]);
  });

  await t.step("[A4] a request that also offers another protocol is answered in its own", async () => {
    // Deno's own server answers "h2c" with 400 before our code runs: the platform in front of a function
    // handles it.
    for (const upgrade of ["h2c", "TLS/1.3", "websocket"]) {
      const headers = { connection: "Upgrade, HTTP2-Settings", upgrade, "http2-settings": "AAEAAEAA" };
      const made = await ask(`${origin}/v1/rooms`, { method: "POST", headers, body: '{"name":"Chor"}' });
      assert.equal(made.status, 201, `${upgrade} ${made.text}`);
      const wrong = await ask(`${origin}/v1/rooms`, { method: "POST", headers, body: '{"name":7}' });
      assert.equal(JSON.parse(wrong.text).detail, "name: text", upgrade);
    }
  });

  await t.step("[A4] a body without a length is read, and bounded, all the same", async () => {
    const chunked = (text: string) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      });
    const post = (body?: ReadableStream) =>
      fetch(`${origin}/v1/rooms`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        ...body && { body },
      });
    for (const response of await Promise.all([post(), post(chunked('{"name":"Rat"}'))])) {
      assert.equal(response.status, 201);
      await response.body?.cancel();
    }
    assert.deepEqual((await problem(await post(chunked(" ".repeat(70_000))))).slice(0, 2), [
      413,
      "request.tooLarge",
    ]);
  });

  await t.step("[A5] another site's page cannot send requests in a user's name", async () => {
    const response = await fetch(`${origin}/v1/rooms`, {
      method: "POST",
      headers: { origin: "https://elsewhere.example" },
    });
    assert.deepEqual((await problem(response)).slice(0, 2), [403, "request.foreignOrigin"]);
    const upgrade = await fetch(`${origin}/v1/signal`, { headers: { origin: "https://elsewhere.example" } });
    assert.equal(upgrade.status, 403);
    await upgrade.body?.cancel();
  });

  await t.step("[A6] health and version", async () => {
    assert.deepEqual(await (await fetch(`${origin}/v1/health`)).json(), {
      status: "ok",
      store: true,
      mediaNodes: { up: 0, all: 0 },
    });
    assert.equal((await (await fetch(`${origin}/v1/version`)).json()).protocol, PROTOCOL_VERSION);
  });

  await t.step(
    "[A7] a page sets a device cookie once, inaccessible to scripts, and admits no foreign content",
    async () => {
      const first = await fetch(`${origin}/`);
      const cookie = first.headers.get("set-cookie")!;
      assert.match(cookie, /^tafelrunde=[\w-]{22}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);
      assert.match(first.headers.get("content-security-policy")!, /default-src 'none'; script-src 'self'/);
      assert.doesNotMatch(first.headers.get("content-security-policy")!, /unsafe|https?:|\*/);
      const again = await fetch(`${origin}/r/aaaa-aaaa-aaaa`, { headers: { cookie: cookie.split(";")[0]! } });
      assert.equal(again.headers.get("set-cookie"), null);
      await Promise.all([first.body?.cancel(), again.body?.cancel()]);
    },
  );

  await t.step("[A7] a room's address is a page as mails leave it, and no other path is one", async () => {
    const { hostname, port } = new URL(origin);
    for (
      const [path, status] of [
        ["/r/k7wq-3fzp-axmd", 200],
        ["/r/k7wq-3fzp-axmd/%23secret", 200],
        ["//r/k7wq-3fzp-axmd", 200],
        ["/r//k7wq%2D3fzp-axmd", 200],
        ["/r%2Fk7wq-3fzp-axmd%23secret", 200],
        ["/r/k7wq-3fzp-axmd%3Fjoin%23secret", 200],
        ["/r", 404],
        ["/rk7wq-3fzp-axmd", 404],
        ["/x/r/k7wq-3fzp-axmd", 404],
      ] as const
    ) {
      const answer = await fetch(`http://${hostname}:${port}${path}`, { headers: { accept: "text/html" } });
      assert.deepEqual([path, answer.status], [path, status]);
      assert.match(await answer.text(), /<title>/);
    }
  });

  await t.step("[A8] a mistyped address is a page for people and a problem for programs", async () => {
    const page = await fetch(`${origin}/rooms`, {
      headers: { accept: "text/html,*/*;q=0.8", "accept-language": "de-DE,de;q=0.9" },
    });
    assert.deepEqual([page.status, page.headers.get("content-type")], [404, "text/html; charset=UTF-8"]);
    assert.match(await page.text(), /Tafelrunde/);
    const answer = await fetch(`${origin}/rooms`, { headers: { accept: "application/json" } });
    assert.deepEqual((await problem(answer)).slice(0, 2), [404, "page.unknown"]);
  });
  assert.deepEqual(edge.complaints, []);
});

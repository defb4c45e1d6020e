import assert from "node:assert/strict";
import { CLOSE, type Command, randomToken } from "@tafelrunde/protocol";
import { ALL_LIMITS } from "../edge/all_limits.ts";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import type { LimitName } from "../edge/limit_table.ts";
import { INBOX_LIMIT, LESSENING_PLACES } from "../edge/rooms/inbox.ts";
import { until } from "./browser_rig.ts";
import { startBackbone } from "./cluster_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { METRICS_TOKEN } from "./metrics_page.ts";
import { type ClientIdentity, createRoom, SignalClient } from "./signal_client.ts";

/** Messages that one socket can send at once. Source: docs/protocol.md M5. */
const BURST = 150;

/** Concurrent requests. */
const AT_ONCE = 50;

Deno.test("every limit refuses by its name and has its metric", async (t) => {
  await using backbone = await startBackbone("postgres");
  // The edge's clock stands still: no window ends while it is used up, however long that takes.
  const now = Date.now();
  await using edge = await startTestEdge({ env: { ...backbone.env, TRUSTED_PROXIES: "1" }, now: () => now });
  const { origin } = edge;
  const limited = (limit: string) => edge.count(`tafelrunde_edge_limited_total{limit="${limit}"}`);
  const from = (address: string) => ({
    headers: { "content-type": "application/json", "x-forwarded-for": address },
  });
  /**
   * Sends as much as a limit allows and one more, many at a time. Returns the counts of responses by status,
   * and the problem.
   */
  const exhaust = async (name: LimitName, request: () => Promise<Response>) => {
    const before = await limited(name);
    const counts = new Map<number, number>();
    let problem: { code?: string } = {};
    let left = ALL_LIMITS[name].points + 1;
    const send = async () => {
      while (left-- > 0) {
        const response = await request();
        counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
        if (response.status === 429) {
          assert.ok(Number(response.headers.get("retry-after")) > 0);
          problem = await response.json();
        } else await response.body?.cancel();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    assert.equal(await limited(name) - before, counts.get(429));
    return { counts, code: problem.code };
  };

  await t.step("room.create", async () => {
    const { counts, code } = await exhaust(
      "room.create",
      () => fetch(`${origin}/v1/rooms`, { method: "POST", body: "{}", ...from("198.51.100.1") }),
    );
    assert.deepEqual([counts.get(201), counts.get(429), code], [120, 1, "address.tooFrequent"]);
    const elsewhere = await fetch(`${origin}/v1/rooms`, {
      method: "POST",
      body: "{}",
      ...from("198.51.100.2"),
    });
    assert.equal(elsewhere.status, 201);
    await elsewhere.body?.cancel();
  });

  await t.step(
    "secret.wrong: only clients with wrong links wait; the right one opens the room [Q4]",
    async () => {
      const { room, link } = await createRoom(origin);
      const look = async (secret: string) => {
        const response = await fetch(`${origin}/v1/rooms/${room}/lobby`, {
          headers: { "x-forwarded-for": "198.51.100.3", authorization: `Bearer ${secret}` },
        });
        return [response.status, (await response.json()).code];
      };
      for (let n = 0; n < ALL_LIMITS["secret.wrong"].points; n++) {
        assert.deepEqual(await look("B".repeat(22)), [404, "room.unknown"]);
      }
      const before = await limited("secret.wrong");
      assert.deepEqual(await look("C".repeat(22)), [429, "address.tooFrequent"]);
      assert.deepEqual(await look(link), [200, undefined]);
      assert.equal(await limited("secret.wrong") - before, 1);
    },
  );

  await t.step("socket.open", async () => {
    const { counts, code } = await exhaust(
      "socket.open",
      () =>
        fetch(`${origin}/v1/rooms/aaaa-aaaa-aaaa/hello`, {
          method: "POST",
          body: "{}",
          ...from("198.51.100.4"),
        }),
    );
    assert.deepEqual([counts.get(422), counts.get(429), code], [3_000, 1, "address.tooFrequent"]);
    const client = new SignalClient(await createRoom(origin), { address: "198.51.100.4" });
    await assert.rejects(client.connect(origin), /429/);
  });

  await t.step("socket.held", async () => {
    const room = await createRoom(origin);
    const clients = Array.from({ length: 1_001 }, () => new SignalClient(room, { address: "198.51.100.5" }));
    const entered: PromiseSettledResult<unknown>[] = [];
    // Some at a time: each has to send hello within 10 s.
    for (let n = 0; n < clients.length; n += AT_ONCE) {
      const some = clients.slice(n, n + AT_ONCE);
      entered.push(...await Promise.allSettled(some.map((client) => client.enter(origin))));
    }
    assert.equal(entered.filter(({ status }) => status === "rejected").length, 1);
    assert.equal(clients.find(({ closed }) => closed !== undefined)!.closed!.code, CLOSE.addressFull.code);
    assert.equal(await limited("socket.held"), 1);
    await Promise.all(clients.map((client) => client.cut()));
  });

  await t.step("person.command", async () => {
    const room = await createRoom(origin);
    const first = await new SignalClient(room).join(origin, "Anna");
    const tabs = await joinAll(room, 4, () => ({ device: first.device }));
    const codes = await lowerHands([first, ...tabs], BURST - 10);
    assert.equal(codes.get("done"), ALL_LIMITS["person.command"].points - 5, "five joins count, too");
    assert.deepEqual([...codes.keys()].sort(), ["done", "person.tooFrequent"]);
    assert.equal(await limited("person.command"), codes.get("person.tooFrequent"));
    const other = await new SignalClient(room).join(origin, "Ben");
    assert.equal((await other.ask({ type: "chat.post", text: "not me" })).type, "chat.posted");
    await Promise.all([first, ...tabs, other].map((client) => client.close()));
  });

  await t.step("room.share: one address leaves the rest of the room's commands to others [M7]", async () => {
    const room = await createRoom(origin);
    const people = await joinAll(room, 40, () => ({ address: "198.51.100.6" }));
    const codes = await raiseHands(people, BURST - 10);
    // Each has joined and raised a hand before.
    assert.equal(codes.get("done"), ALL_LIMITS["room.share"].points - 2 * people.length);
    assert.deepEqual([...codes.keys()].sort(), ["address.tooFrequent", "done"]);
    assert.equal(await limited("room.share"), codes.get("address.tooFrequent"));
    const other = await new SignalClient(room, { address: "198.51.100.7" }).join(origin, "Ben");
    assert.equal((await other.ask({ type: "chat.post", text: "from elsewhere" })).type, "chat.posted");
    await Promise.all([...people, other].map((client) => client.close()));
  });

  await t.step(
    "room.command: a room at its limit still accepts commands that reduce its state, and moderators' [M7]",
    async () => {
      const owner = randomToken();
      const room = await createRoom(origin, "Rat", owner);
      const anna = await new SignalClient(room, { device: owner, address: "198.51.100.8" }).join(
        origin,
        "Anna",
      );
      const people = await joinAll(room, 78, (n) => ({ address: `198.51.101.${n % 3}` }));
      const codes = await raiseHands(people, BURST - 10);
      assert.ok(codes.get("room.tooFrequent")! > 0);
      assert.deepEqual([...codes.keys()].sort(), ["done", "room.tooFrequent"]);
      assert.equal(await limited("room.command"), codes.get("room.tooFrequent"));
      const [ben, cem, dan] = people as [SignalClient, SignalClient, SignalClient];
      const asks = async (who: SignalClient, command: Parameters<SignalClient["ask"]>[0]) => {
        const answer = await who.ask(command);
        return answer.type === "refused" ? answer.code : answer.type;
      };
      assert.equal(await asks(ben, { type: "chat.post", text: "one more" }), "room.tooFrequent");
      assert.equal(await asks(ben, { type: "hand.raise", raised: false }), "hand.lowered");
      assert.notEqual(await asks(ben, { type: "participant.leave" }), "room.tooFrequent");
      assert.equal(await asks(anna, { type: "chat.post", text: "slowly, please" }), "chat.posted");
      assert.equal(await asks(anna, { type: "hand.lower", participantId: cem.you! }), "hand.lowered");
      assert.equal(
        await asks(anna, { type: "participant.remove", participantId: dan.you!, ban: false }),
        "participant.left",
      );
      const elsewhere = await new SignalClient(await createRoom(origin)).join(origin, "Ben");
      assert.equal((await elsewhere.ask({ type: "chat.post", text: "not here" })).type, "chat.posted");
      await Promise.all([...people, anna, elsewhere].map((client) => client.close()));
    },
  );

  await t.step(
    "address.frames: a client that has sent much to many leaves the rest to others; reducing commands and moderators pass [M8]",
    async () => {
      const owner = randomToken();
      const room = await createRoom(origin, "Rat", owner);
      const anna = await new SignalClient(room, { device: owner, address: "198.51.100.10" }).join(
        origin,
        "Anna",
      );
      const people = await joinAll(room, 65, () => ({ address: "198.51.100.10" }));
      const codes = await raiseHands(people, 70);
      // Joining and raising a hand has sent some before.
      const most = ALL_LIMITS["address.frames"].points / people.length;
      assert.ok(codes.get("done")! > most / 2 && codes.get("done")! <= most, `${codes.get("done")}`);
      assert.deepEqual([...codes.keys()].sort(), ["address.tooFrequent", "done"]);
      assert.equal(await limited("address.frames"), codes.get("address.tooFrequent"));
      const [ben, cem, dan] = people as [SignalClient, SignalClient, SignalClient];
      const refused = await ben.ask({ type: "chat.post", text: "one more" });
      assert.ok(refused.type === "refused" && refused.retryAfterMs! > 0);
      for (const text of ["from elsewhere", "and once more"]) {
        const eva = await new SignalClient(room, { address: "198.51.100.11" }).join(origin, "Eva");
        assert.equal((await eva.ask({ type: "chat.post", text })).type, "chat.posted");
        await eva.close();
      }
      assert.equal((await anna.ask({ type: "chat.post", text: "slowly, please" })).type, "chat.posted");
      const lowered = await anna.ask({ type: "hand.lower", participantId: cem.you! });
      assert.equal(lowered.type, "hand.lowered");
      assert.equal((await ben.ask({ type: "hand.raise", raised: false })).type, "hand.lowered");
      const removed = await anna.ask({ type: "participant.remove", participantId: dan.you!, ban: false });
      assert.equal(removed.type, "participant.left");
      assert.notEqual((await ben.ask({ type: "participant.leave" })).type, "refused");

      const counted = await limited("address.frames");
      cem.send({ type: "reaction.send", reaction: "👏" });
      await until(
        async () => await limited("address.frames") === counted + 1,
        () => "the reaction is not counted",
      );
      await anna.ask({ type: "chat.post", text: "was there a reaction?" });
      assert.ok(!anna.received.some(({ type }) => type === "reaction"));
      await Promise.all([...people, anna].map((client) => client.cut()));
    },
  );

  await t.step("room.command: clients in the lobby use none of it [M7]", async () => {
    const room = await createRoom(origin);
    const strangers = Array.from(
      { length: 78 },
      (_, n) => new SignalClient(room, { address: `198.51.102.${n % 3}` }),
    );
    await Promise.all(strangers.map((stranger) => stranger.enter(origin)));
    const before = await limited("room.command");
    const codes = await raiseHands(strangers, BURST - 10);
    assert.deepEqual([...codes.keys()], ["participant.notJoined"]);
    const ben = await new SignalClient(room, { address: "198.51.100.9" }).join(origin, "Ben");
    assert.equal((await ben.ask({ type: "chat.post", text: "here" })).type, "chat.posted");
    assert.equal(await limited("room.command"), before);
    await Promise.all([...strangers, ben].map((client) => client.close()));
  });

  await t.step(
    "person.reaction and room.reaction: the excess is counted, and not shown [R11]",
    async () => {
      const room = await createRoom(origin);
      const people = await joinAll(room, 12, () => ({}));
      const [watcher, eager] = people as [SignalClient, SignalClient];
      const shown = () => watcher.received.filter(({ type }) => type === "reaction").length;
      const { points } = ALL_LIMITS["person.reaction"];
      for (let n = 0; n <= points; n++) eager.send({ type: "reaction.send", reaction: "👏" });
      await until(async () => await limited("person.reaction") === 1, () => "nobody counts it");
      await watcher.until(() => shown() === points);

      const rest = people.slice(2);
      for (const person of rest) {
        for (let n = 0; n < points; n++) person.send({ type: "reaction.send", reaction: "🎉" });
      }
      const all = points + rest.length * points;
      await until(
        async () => shown() + await limited("room.reaction") === all,
        () => `${shown()} of ${all} are shown`,
      );
      assert.ok(await limited("room.reaction") > 0);
      assert.equal(await limited("person.reaction"), 1);
      await Promise.all(people.map((client) => client.close()));
    },
  );

  await t.step(
    "password.ofRoom: a client that guesses from many addresses is stopped, too [J10]",
    async () => {
      using hasher = new PasswordHasher();
      const room = await createRoom(origin);
      await backbone.store.db.updateTable("room").set({
        password_hash: await hasher.hash("Quittenbrot", { kind: "room", who: "test", about: "test" }),
      })
        .where("id", "=", room.room).execute();
      const attempt = async (address: string, password: string) => {
        const client = new SignalClient(room, { address });
        await client.enter(origin);
        const answer = await client.ask({ type: "participant.join", name: "Eva", password });
        await client.close();
        return answer.type === "refused" ? answer.code : answer.type;
      };
      for (let n = 0; n < ALL_LIMITS["password.ofRoom"].points; n++) {
        const address = `198.51.100.${100 + Math.floor(n / ALL_LIMITS["password.wrong"].points)}`;
        assert.equal(await attempt(address, `Quark ${n}`), "password.wrong");
      }
      assert.equal(await limited("password.ofRoom"), 0);
      assert.notEqual(
        await attempt("198.51.100.251", "Quittenbrot"),
        "password.tooFrequent",
        "the right one",
      );
      assert.equal(await attempt("198.51.100.250", "a guess"), "password.wrong", "looked at in its turn");
      assert.equal(await limited("password.ofRoom"), 2);
    },
  );

  await t.step("message.tooFrequent", async () => {
    const before = await edge.count('tafelrunde_edge_refused_total{code="message.tooFrequent"}');
    const eager = await new SignalClient(await createRoom(origin)).join(origin, "Eager");
    const codes = await lowerHands([eager], 2 * BURST);
    assert.deepEqual([...codes.keys()].sort(), ["done", "message.tooFrequent"]);
    const counted = await edge.count('tafelrunde_edge_refused_total{code="message.tooFrequent"}') - before;
    assert.equal(counted, codes.get("message.tooFrequent"));
    await eager.close();
  });

  await t.step("GET /v1/metrics needs its token, and names nobody", async () => {
    for (const authorization of ["", "Bearer wrong", `Bearer ${METRICS_TOKEN}x`]) {
      const response = await fetch(`${origin}/v1/metrics`, { headers: { authorization } });
      assert.equal(response.status, 401);
      await response.body?.cancel();
    }
    const text = await edge.metrics();
    assert.doesNotMatch(text, /198\.51|[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}|[a-z2-7]{26}/);
  });
  assert.deepEqual(edge.complaints, []);
});

async function joinAll(
  room: SignalClient["room"],
  count: number,
  identity: (n: number) => ClientIdentity,
): Promise<SignalClient[]> {
  const clients = Array.from({ length: count }, (_, n) => new SignalClient(room, identity(n)));
  await Promise.all(clients.map((client, n) => client.join(originOf(room), `Person ${n}`)));
  return clients;
}

function originOf({ url }: SignalClient["room"]): string {
  return new URL(url).origin;
}

/** Each client sends `count` commands at once that change nothing; returns the counts of their responses. */
function lowerHands(clients: readonly SignalClient[], count: number): Promise<Map<string, number>> {
  return answersTo(clients, count, () => ({ type: "hand.raise", raised: false }));
}

/**
 * Each client raises a hand, and once all are up sends `count` more such commands, as many at a time as a
 * room queues. Returns the counts of their responses.
 */
async function raiseHands(clients: readonly SignalClient[], count: number): Promise<Map<string, number>> {
  await Promise.all(clients.map((client) => client.ask({ type: "hand.raise", raised: true })));
  const codes = new Map<string, number>();
  const atOnce = Math.floor((INBOX_LIMIT - LESSENING_PLACES) / clients.length);
  for (let left = count; left > 0; left -= atOnce) {
    const answers = await answersTo(
      clients,
      Math.min(left, atOnce),
      () => ({ type: "hand.raise", raised: true }),
    );
    for (const [code, times] of answers) codes.set(code, (codes.get(code) ?? 0) + times);
  }
  return codes;
}

/** Each client sends `count` commands at once; returns the counts of their responses. */
async function answersTo(
  clients: readonly SignalClient[],
  count: number,
  command: (n: number) => Parameters<SignalClient["ask"]>[0],
): Promise<Map<string, number>> {
  const codes = new Map<string, number>();
  await Promise.all(clients.map(async (client) => {
    const seen = client.received.length;
    const ids = new Set<unknown>();
    for (let n = 0; n < count; n++) {
      const id = crypto.randomUUID() as Command["id"];
      ids.add(id);
      client.send({ ...command(n), id } as Command);
    }
    const answers = () =>
      client.received.slice(seen).flatMap((message) =>
        "cause" in message && ids.has(message.cause) ? [message] : []
      );
    await client.until(() => client.received.length - seen >= count && answers().length >= count, 120_000);
    for (const answer of answers()) {
      const code = answer.type === "refused" ? answer.code : answer.type;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }));
  return codes;
}

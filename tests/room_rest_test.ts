import assert from "node:assert/strict";
import { CLOSE, newCommandId, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import type {
  HelloAnswer,
  Invitation,
  LinkCreated,
  LinkForAll,
  Meeting,
  RoomCreated,
  RoomResource,
} from "@tafelrunde/protocol/http";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, RestClient, signIn, withKey } from "./rest_client.ts";
import { SignalClient } from "./signal_client.ts";

type Page<Item> = { items: Item[]; next: string | null };

testOnStores("rooms over the REST API", async ({ store }, t) => {
  const { db } = store;
  await using edge = await startTestEdge({ store });
  const { origin } = edge;
  const tenant = await makeTenant(db, "house");
  const [anna, ben, admin] = await Promise.all([
    signIn(db, origin, tenant, { name: "Anna" }),
    signIn(db, origin, tenant, { name: "Ben" }),
    signIn(db, origin, tenant, { name: "Ada", role: "admin" }),
  ]);
  const stranger = await signIn(db, origin, await makeTenant(db, "elsewhere"), { role: "admin" });
  const foreignKey = await withKey(db, origin, await makeTenant(db, "third"));
  const nobody = new RestClient(origin);
  const make = (client: RestClient, body: object = {}) => client.get<RoomCreated>("POST", "/v1/rooms", body);
  const read = (client: RestClient, room: string) => client.get<RoomResource>("GET", `/v1/rooms/${room}`);

  await t.step("[A16] a room belongs to its creator, with the settings they choose", async () => {
    const { room } = await make(anna, {
      name: "Rat",
      slug: "rat",
      settings: { waitingRoom: "guests" },
      password: "geheim",
    });
    const resource = await read(anna, room);
    assert.deepEqual(
      [resource.name, resource.slug, resource.owner, resource.role, resource.hasPassword, resource.version],
      ["Rat", "rat", { id: anna.account, name: "Anna" }, "owner", true, 1],
    );
    assert.deepEqual([resource.settings.waitingRoom, resource.settings.chat], ["guests", "everyone"]);
    assert.ok(!JSON.stringify(await db.selectFrom("room").selectAll().execute()).includes("geheim"));
    assert.deepEqual(await anna.fail("POST", "/v1/rooms", { slug: "rat" }), [409, "room.slugTaken"]);
    assert.equal(
      (await make(stranger, { slug: "rat" })).room.length,
      14,
      "another tenant's slugs are its own",
    );
  });

  await t.step(
    "[A16] an anonymous client can create a room too, but it owns nothing of a tenant's",
    async () => {
      const { room } = await make(nobody, { name: "Chor", settings: { chat: "moderators" } });
      assert.deepEqual(await admin.fail("GET", `/v1/rooms/${room}`), [404, "room.unknown"]);
      assert.deepEqual(await nobody.fail("POST", "/v1/rooms", { slug: "chor" }), [401, "signIn.needed"]);
      assert.deepEqual(await nobody.fail("GET", `/v1/rooms/${room}`), [401, "signIn.needed"]);
      await using closed = await startTestEdge({
        store,
        env: { ROOM_CREATION: "accounts" },
      });
      assert.deepEqual(await new RestClient(closed.origin).fail("POST", "/v1/rooms", {}), [
        401,
        "signIn.needed",
      ]);
    },
  );

  await t.step("[A17] another tenant's room looks like a missing one, to every method", async () => {
    const { room } = await make(anna);
    const any = { "if-match": "*" };
    const requests: [string, string, unknown?][] = [
      ["GET", ""],
      ["PATCH", "", { name: "x" }],
      ["DELETE", ""],
      ["PUT", "/password", { password: "x" }],
      ["DELETE", "/password"],
      ["GET", "/links"],
      ["POST", "/links", {}],
      ["DELETE", `/links/${room}`],
      ["POST", "/link"],
      ["GET", "/members"],
      ["PUT", `/members/${anna.account}`, { role: "guest" }],
      ["DELETE", `/members/${anna.account}`],
    ];
    for (const [method, rest, body] of requests) {
      for (const client of [stranger, foreignKey, ben]) {
        const answers = await Promise.all(
          [room, "aaaa-aaaa-aaaa"].map((id) =>
            client.ask(method, `/v1/rooms/${id}${rest}`, body, any).then(async (
              r,
            ) => [r.status, await r.text()])
          ),
        );
        assert.deepEqual(answers[0], answers[1], `${method} ${rest}`);
        assert.equal(answers[0]![0], 404);
      }
    }
    assert.equal((await read(anna, room)).version, 1);
  });

  await t.step("[A10] a change applies to the version that was read", async () => {
    const { room } = await make(anna, { name: "before" });
    const path = `/v1/rooms/${room}`;
    const etag = (await anna.ask("GET", path)).headers.get("etag")!;
    const changed = await anna.get<RoomResource>("PATCH", path, {
      name: "after",
      settings: { chat: "members" },
    }, { "if-match": etag });
    assert.deepEqual([changed.name, changed.settings.chat, changed.settings.speak, changed.version], [
      "after",
      "members",
      "everyone",
      2,
    ]);
    assert.deepEqual(await anna.fail("PATCH", path, { name: "late" }, { "if-match": etag }), [
      412,
      "version.outdated",
    ]);
    assert.deepEqual(await anna.fail("DELETE", path, undefined, { "if-match": etag }), [
      412,
      "version.outdated",
    ]);
    await anna.get("DELETE", path, undefined, { "if-match": '"2"' });
    assert.deepEqual(await anna.fail("GET", path), [404, "room.unknown"]);
  });

  await t.step("[A18] a moderator leads a room; its owner decides on ownership and moderators", async () => {
    const { room } = await make(anna);
    const path = `/v1/rooms/${room}`;
    const any = { "if-match": "*" };
    await anna.get("PUT", `${path}/members/${ben.account}`, { role: "participant" });
    assert.equal((await read(ben, room)).role, "participant");
    assert.deepEqual(await ben.fail("PATCH", path, { name: "x" }, any), [403, "room.notAllowed"]);
    assert.deepEqual(await ben.fail("PUT", `${path}/members/${ben.account}`, { role: "moderator" }), [
      403,
      "room.notAllowed",
    ]);
    await anna.get("PUT", `${path}/members/${ben.account}`, { role: "moderator" });
    await ben.get("PATCH", path, { name: "Bens Wort" }, any);
    await ben.get("PUT", `${path}/members/${admin.account}`, { role: "presenter" });
    for (const request of [["DELETE", ""], ["PATCH", "", { owner: ben.account }]] as const) {
      assert.deepEqual(await ben.fail(request[0], path, request[2], any), [403, "room.notAllowed"]);
    }
    assert.deepEqual(await ben.fail("PUT", `${path}/members/${admin.account}`, { role: "moderator" }), [
      403,
      "room.notAllowed",
    ]);
    assert.deepEqual(await anna.fail("PUT", `${path}/members/${stranger.account}`, { role: "guest" }), [
      404,
      "account.unknown",
    ]);
    assert.deepEqual(await anna.fail("PUT", `${path}/members/${anna.account}`, { role: "guest" }), [
      409,
      "member.isOwner",
    ]);
    const { items } = await anna.get<Page<{ account: { name: string }; role: string }>>(
      "GET",
      `${path}/members`,
    );
    assert.deepEqual(items.map(({ account, role }) => [account.name, role]), [["Ada", "presenter"], [
      "Ben",
      "moderator",
    ]]);
    await anna.get("PATCH", path, { owner: ben.account }, any);
    assert.deepEqual([(await read(ben, room)).role, (await read(anna, room)).role], ["owner", "moderator"]);
    await ben.get("DELETE", `${path}/members/${admin.account}`);
    await anna.get("DELETE", `${path}/members/${anna.account}`);
    assert.deepEqual(await anna.fail("GET", path), [404, "room.unknown"]);
  });

  await t.step(
    "[A19] lists: own, shared, and all of the tenant for admins and keys; in pages, without duplicates",
    async () => {
      const house = await makeTenant(db, "lists");
      const [cem, dora] = [await signIn(db, origin, house), await signIn(db, origin, house)];
      const key = await withKey(db, origin, house, ["rooms:read", "rooms:write"]);
      const made: string[] = [];
      for (let n = 0; n < 7; n++) made.push((await make(cem, { name: `${n}` })).room);
      await make(key, { owner: dora.account });
      await cem.get("PUT", `/v1/rooms/${made[3]}/members/${dora.account}`, { role: "viewer" });
      const list = async (client: RestClient, query: string) => {
        const ids: string[] = [];
        for (let cursor = "";;) {
          const { items, next } = await client.get<Page<RoomResource>>(
            "GET",
            `/v1/rooms?limit=3${query}${cursor}`,
          );
          ids.push(...items.map(({ id }) => id));
          if (next === null) return ids;
          cursor = `&cursor=${next}`;
        }
      };
      assert.deepEqual(await list(cem, ""), made.toReversed());
      assert.deepEqual(await list(dora, "&list=shared"), [made[3]]);
      assert.equal((await list(dora, "")).length, 1);
      assert.equal(new Set(await list(key, "")).size, 8);
      assert.deepEqual(await cem.fail("GET", "/v1/rooms?list=tenant"), [403, "admin.needed"]);
    },
  );

  await t.step("[A20] a link has a role, an expiry and a limit; once revoked, it opens nothing", async () => {
    const { room } = await make(anna, { name: "Tor" });
    const path = `/v1/rooms/${room}/links`;
    const lobby = (link: string) =>
      nobody.ask("GET", `/v1/rooms/${room}/lobby`, undefined, { authorization: `Bearer ${link}` });
    const made = await anna.get<LinkCreated>("POST", path, {
      role: "presenter",
      label: "Presse",
      maxUses: 3,
    });
    assert.equal(made.url, `${origin}/r/${room}#${made.link}`);
    assert.equal((await lobby(made.link)).status, 200);
    const { items } = await anna.get<Page<LinkCreated>>("GET", path);
    assert.deepEqual(items.map(({ role, label, maxUses, uses }) => [role, label, maxUses, uses]), [
      ["presenter", "Presse", 3, 0],
      [null, "", null, 0],
    ]);
    assert.ok(!JSON.stringify(items).includes(made.link), "a secret is shown once");
    assert.deepEqual(await anna.fail("POST", path, { expiresAt: "2020-01-01T00:00:00Z" }), [
      422,
      "request.invalid",
    ]);
    assert.deepEqual(await anna.fail("POST", path, { role: "owner" }), [422, "request.invalid"]);
    await anna.get("DELETE", `${path}/${made.id}`);
    assert.deepEqual((await (await lobby(made.link)).json()).code, "link.revoked");
    assert.deepEqual(await anna.fail("DELETE", `${path}/${"a".repeat(16)}`), [404, "link.unknown"]);
    const other = await make(anna);
    assert.deepEqual(await anna.fail("DELETE", `/v1/rooms/${other.room}/links/${made.id}`), [
      404,
      "link.unknown",
    ]);
  });

  await t.step(
    "[A20] the link for all is shown again to the room's managers, until it is revoked",
    async () => {
      const { room } = await make(anna, { name: "Tor" });
      const path = `/v1/rooms/${room}/link`;
      const forAll = await anna.get<LinkForAll>("POST", path);
      assert.deepEqual(await anna.get("POST", path), forAll);
      assert.equal(forAll.url, `${origin}/r/${room}#${forAll.link}`);
      const stored = JSON.stringify(await db.selectFrom("room_link").selectAll().execute());
      assert.ok(!stored.includes(forAll.link), "the database alone does not know it");
      const { items: [itself] } = await anna.get<Page<{ id: string }>>("GET", `${path}s`);
      await anna.get("DELETE", `${path}s/${itself!.id}`);
      assert.notEqual((await anna.get<LinkForAll>("POST", path)).link, forAll.link);
    },
  );

  await t.step(
    "[A27] changes of a room reach its participants; when it is deleted the meeting ends for them",
    async () => {
      const made = await make(anna, { name: "before" });
      const path = `/v1/rooms/${made.room}`;
      const cem = await new SignalClient(made).join(origin, "Cem");
      const any = { "if-match": "*" };
      await anna.get("PATCH", path, { name: "after", settings: { chat: "moderators" } }, any);
      await cem.until(() => cem.state.room.name === "after" && cem.state.room.settings.chat === "moderators");
      await anna.get("DELETE", path, undefined, any);
      await cem.until(() => cem.closed !== undefined);
      assert.equal(cem.closed?.code, CLOSE.ended.code);
      assert.deepEqual(await anna.fail("GET", path), [404, "room.unknown"]);
    },
  );

  await t.step(
    "[A27] a participant has the role of their account in the room, from the change on",
    async () => {
      const made = await make(anna);
      const path = `/v1/rooms/${made.room}`;
      const cem = await new SignalClient(made).join(origin, "Cem");
      const { welcome: { you } } = await ben.get<HelloAnswer>("POST", `${path}/hello`, {
        version: PROTOCOL_VERSION,
        room: made.room,
        link: made.link,
        tab: crypto.randomUUID(),
        peer: "none",
        join: { id: newCommandId(), name: "Ben" },
      });
      const becomes = (role: string) => cem.until(() => cem.state.participants[you]?.role === role);
      await becomes("participant");
      await anna.get("PUT", `${path}/members/${ben.account}`, { role: "moderator" });
      await becomes("moderator");
      await anna.get("DELETE", `${path}/members/${ben.account}`);
      await becomes("participant");
      const { id } = await anna.get<Meeting>("POST", "/v1/meetings?notify=false", {
        title: "Rat",
        time: null,
        room: made.room,
      });
      const people = [{ account: ben.account, role: "presenter" }];
      const { items: [invitation] } = await anna.get<{ items: Invitation[] }>(
        "POST",
        `/v1/meetings/${id}/invitations?notify=false`,
        { people },
      );
      await becomes("presenter");
      await anna.get("DELETE", `/v1/meetings/${id}/invitations/${invitation!.id}?notify=false`);
      await becomes("participant");
      await anna.get("PATCH", path, { owner: ben.account }, { "if-match": "*" });
      await becomes("owner");
      await ben.get("PATCH", path, { owner: anna.account }, { "if-match": "*" });
      await becomes("moderator");
    },
  );

  await t.step("[A21] a tenant's limits apply, also to simultaneous requests", async () => {
    const small = await makeTenant(db, "small");
    await db.updateTable("tenant").set({ max_rooms: 3, max_participants: 50 }).where("id", "=", small)
      .execute();
    const eva = await signIn(db, origin, small);
    const answers = await Promise.all(Array.from({ length: 8 }, () => eva.ask("POST", "/v1/rooms", {})));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, 201, 201, 409, 409, 409, 409, 409]);
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    const { items: [room] } = await eva.get<Page<RoomResource>>("GET", "/v1/rooms");
    assert.equal(room!.settings.maxParticipants, 50);
    const larger = { settings: { maxParticipants: 51 } };
    assert.deepEqual(await eva.fail("PATCH", `/v1/rooms/${room!.id}`, larger, { "if-match": "*" }), [
      422,
      "request.invalid",
    ]);
  });
  assert.deepEqual(edge.complaints, []);
});

import assert from "node:assert/strict";
import type { DownOf, PeerAnswer, PeerOffer, RttByNode } from "@tafelrunde/protocol";
import { ANYWHERE, type Residency } from "@tafelrunde/protocol/media";
import { makeOffer } from "../media/src/test_person.ts";
import { until } from "./browser_rig.ts";
import { startBackbone } from "./cluster_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { makeTenant, RestClient, signIn, withKey } from "./rest_client.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const inGermany: Residency = { regions: null, jurisdictions: ["de"] as Residency["jurisdictions"] };
const inSwitzerland: Residency = { regions: null, jurisdictions: ["ch"] as Residency["jurisdictions"] };

/** Number of times that residency is set, with a join right after. */
const TURNS = 8;

/** A participant, with media on the node nearest to them. */
async function join(
  origin: string,
  client: SignalClient,
  rttByNode: Record<string, number>,
): Promise<PeerAnswer> {
  const { peer } = await client.enter(origin, {
    peer: makeOffer() as PeerOffer,
    rttByNode: rttByNode as RttByNode,
  });
  assert.ok(typeof peer === "object" && peer !== null, "a node takes them");
  await client.ask({ type: "participant.join", name: "Anna" });
  return peer;
}

/** Waits until the edge knows all its nodes. */
async function untilKnown(operator: RestClient, count: number): Promise<void> {
  await until(
    async () => (await operator.get<{ nodes: unknown[] }>("GET", "/v1/nodes")).nodes.length === count,
    () => "the edge does not know its nodes",
  );
}

const startNode = (nodeId: string, jurisdiction = "de", env: Record<string, string> = {}) =>
  startMediaProcess({ NODE_ID: nodeId, REGION: nodeId, JURISDICTION: jurisdiction, ...env });

/** Start time of a node's process; undefined: it is not running. */
const startedAt = (node: MediaProcess) => node.metric("process_start_time_seconds");

Deno.test("POST /v1/nodes/{node}/drain", async (t) => {
  await using stack = new AsyncDisposableStack();
  const backbone = stack.use(await startBackbone("postgres"));
  const { db } = backbone.store;
  const fra = stack.use(await startNode("fra", "de", { DRAIN_S: "60" }));
  const ber = stack.use(await startNode("ber"));
  const mediaNodes = [fra.url, ber.url];
  const { origin } = stack.use(await startTestEdge({ env: backbone.env, mediaNodes }));
  const other = stack.use(await startTestEdge({ env: backbone.env, mediaNodes }));
  const tenant = await makeTenant(db, "stadt");
  const operator = await signIn(db, origin, tenant, { isOperator: true });
  await untilKnown(operator, mediaNodes.length);
  const path = "/v1/nodes/fra/drain";

  await t.step("only operators of the installation have the right", async () => {
    assert.deepEqual(await new RestClient(origin).fail("POST", path, {}), [401, "signIn.needed"]);
    for (const role of ["member", "admin"] as const) {
      const [status] = await (await signIn(db, origin, tenant, { role })).fail("POST", path, {});
      assert.equal(status, 403, role);
    }
    const [status] = await (await withKey(db, origin, tenant)).fail("POST", path, {});
    assert.equal(status, 403, "an API key");
  });

  await t.step("a missing node is unknown, an invalid deadline is refused", async () => {
    assert.deepEqual(await operator.fail("POST", "/v1/nodes/muc/drain", {}), [404, "node.unknown"]);
    assert.deepEqual(await operator.fail("POST", path, { withinS: -1 }), [422, "request.invalid"]);
    assert.deepEqual(await operator.fail("POST", path, { withinS: 1e9 }), [422, "request.invalid"]);
  });

  await t.step(
    "[N5] [F11] its participants move first, then its process ends; repeating it changes nothing",
    async () => {
      const began = await startedAt(fra);
      const room = await createRoom(origin);
      const [anna, ben] = [new SignalClient(room), new SignalClient(room)];
      assert.equal((await join(origin, anna, { fra: 1, ber: 40 })).nodeId, "fra");
      assert.equal((await join(other.origin, ben, { fra: 1, ber: 40 })).nodeId, "fra");
      const from = [anna, ben].map(({ received }) => received.length);
      await operator.get("POST", path, { withinS: 60 });
      await operator.get("POST", path, { withinS: 3_600 });
      for (const [index, client] of [anna, ben].entries()) {
        const { answer } = await client.next("peer.moved", from[index]);
        assert.equal(answer.nodeId, "ber", "at either edge");
        assert.equal(await startedAt(fra), began, "it waits for them");
        client.send({ type: "peer.settled", nodeId: answer.nodeId });
      }
      await until(async () => ![began].includes(await startedAt(fra)), () => "the process does not end");
      for (const client of [anna, ben]) {
        assert.ok(
          client.received.every(({ type }) => !/^participant\.(left|away)$|^peer\.closed$/.test(type)),
        );
        await client.close();
      }
    },
  );
});

Deno.test("the residency of a room", async (t) => {
  await using stack = new AsyncDisposableStack();
  const backbone = stack.use(await startBackbone("postgres"));
  const { db } = backbone.store;
  const fra = stack.use(await startNode("fra"));
  const zrh = stack.use(await startNode("zrh", "ch"));
  const { origin, complaints, count } = stack.use(
    await startTestEdge({ env: backbone.env, mediaNodes: [fra.url, zrh.url] }),
  );
  const [tenant, otherTenant] = [await makeTenant(db, "stadt"), await makeTenant(db, "land")];
  const operator = await signIn(db, origin, tenant, { isOperator: true });
  const [owner, colleague] = [await signIn(db, origin, tenant), await signIn(db, origin, tenant)];
  const admin = await signIn(db, origin, tenant, { role: "admin" });
  const stranger = await signIn(db, origin, otherTenant, { role: "admin" });
  await untilKnown(operator, 2);
  const made = await owner.get<{ room: string; link: string }>("POST", "/v1/rooms", { name: "Rat" });
  const path = `/v1/rooms/${made.room}/residency`;
  const room = made as unknown as ConstructorParameters<typeof SignalClient>[0];

  await t.step(
    "[A17] [A18] its owner and the tenant's admins set it; for others the room does not exist",
    async () => {
      assert.deepEqual(await new RestClient(origin).fail("PUT", path, inGermany), [401, "signIn.needed"]);
      for (const client of [colleague, stranger]) {
        assert.deepEqual(await client.fail("PUT", path, inGermany), [404, "room.unknown"]);
        assert.deepEqual(await client.fail("GET", path), [404, "room.unknown"]);
      }
      await owner.get("PUT", path, ANYWHERE);
      await admin.get("PUT", path, ANYWHERE);
      for (const scope of ["rooms:read", "tenant:write"] as const) {
        const key = await withKey(db, origin, tenant, [scope]);
        assert.deepEqual(await key.fail("PUT", path, inGermany), [403, "key.scopeMissing"]);
      }
      await (await withKey(db, origin, tenant, ["rooms:write"])).get("PUT", path, ANYWHERE);
    },
  );

  await t.step("an invalid region or jurisdiction is refused by name", async () => {
    const ask = async (body: unknown) => {
      const response = await owner.ask("PUT", path, body);
      return [response.status, JSON.stringify(await response.json())] as const;
    };
    for (
      const [body, field] of [
        [{ ...ANYWHERE, regions: ["no region!"] }, "regions"],
        [{ ...ANYWHERE, jurisdictions: ["Germany"] }, "jurisdictions"],
        [{ ...ANYWHERE, regions: "fra" }, "regions"],
        [{ ...ANYWHERE, countries: ["de"] }, "countries"],
      ] as const
    ) {
      const [status, problem] = await ask(body);
      assert.equal(status, 422);
      assert.ok(problem.includes(field), problem);
    }
    assert.deepEqual(
      await owner.get("GET", path),
      { room: ANYWHERE, tenant: ANYWHERE },
      "nothing has changed",
    );
  });

  await t.step(
    "[F6] it applies at once, also to participants inside; a refusal to admit them is logged and counted",
    async () => {
      const anna = new SignalClient(room);
      assert.equal((await join(origin, anna, { fra: 90, zrh: 1 })).nodeId, "zrh");
      const from = anna.received.length;
      await owner.get("PUT", path, inGermany);
      assert.deepEqual(await colleague.fail("GET", path), [404, "room.unknown"]);
      assert.deepEqual(await owner.get("GET", path), { room: inGermany, tenant: ANYWHERE });
      const moved: DownOf<"peer.moved"> = await anna.next("peer.moved", from);
      assert.equal(moved.answer.nodeId, "fra");
      assert.ok(complaints.some((line) => line.includes("residency.refused")));
      assert.ok(await count("tafelrunde_edge_outside_total") > 0);
      await until(
        async () => (await zrh.metric("tafelrunde_media_outside") ?? 0) > 0,
        () => "the node that has to let go of them does not count it",
      );
      await anna.close();
    },
  );

  await t.step(
    "[F6] once the request is answered, no one gets to a node outside anymore, at whichever edge",
    async () => {
      const other = stack.use(await startTestEdge({ env: backbone.env, mediaNodes: [fra.url, zrh.url] }));
      await untilKnown(await signIn(db, other.origin, tenant, { isOperator: true }), 2);
      const bounds = { fra: inGermany, zrh: inSwitzerland };
      const turns = Array.from({ length: TURNS }, (_, n) => n);
      for (
        const setBounds of [
          (to: Residency) => owner.get("PUT", path, to),
          (to: Residency) => admin.get("PUT", "/v1/tenant/residency", to),
        ]
      ) {
        const outside: string[] = [];
        for (const n of turns) {
          const [nodeId, elsewhere] = n % 2 === 0 ? ["fra", "zrh"] as const : ["zrh", "fra"] as const;
          await setBounds(bounds[nodeId]);
          const people = [origin, other.origin].map(async (edge) => {
            const client = new SignalClient(room);
            const peer = await join(edge, client, { [nodeId]: 90, [elsewhere]: 1 });
            if (peer.nodeId !== nodeId) outside.push(`turn ${n}, ${edge === origin ? "own" : "other"} edge`);
            return client;
          });
          for (const client of await Promise.all(people)) await client.close();
        }
        assert.deepEqual(outside, []);
        await setBounds(ANYWHERE);
      }
    },
  );

  await t.step(
    "[F6] a tenant's residency applies to all its rooms in addition to the room's own, and to no other tenant's",
    async () => {
      const tenantPath = "/v1/tenant/residency";
      assert.equal((await owner.fail("PUT", tenantPath, inGermany))[0], 403, "only admins");
      await owner.get("PUT", path, ANYWHERE);
      await admin.get("PUT", tenantPath, inGermany);
      assert.deepEqual(await owner.get("GET", tenantPath), inGermany);
      assert.deepEqual(await stranger.get("GET", tenantPath), ANYWHERE);
      assert.deepEqual(await owner.get("GET", path), { room: ANYWHERE, tenant: inGermany });
      const anna = new SignalClient(room);
      assert.equal((await join(origin, anna, { fra: 90, zrh: 1 })).nodeId, "fra");
      await anna.close();
      const theirs = await stranger.get<typeof room>("POST", "/v1/rooms", { name: "Kreis" });
      const ben = new SignalClient(theirs);
      assert.equal((await join(origin, ben, { fra: 90, zrh: 1 })).nodeId, "zrh");
      await ben.close();
    },
  );
});

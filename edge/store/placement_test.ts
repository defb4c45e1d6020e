import assert from "node:assert/strict";
import type { EdgeId, NodeId, RoomId } from "@tafelrunde/protocol";
import { ANYWHERE, type Jurisdiction, type NodeAddress, type RegionId } from "@tafelrunde/protocol/media";
import { sql } from "kysely";
import { endLease, renewLease } from "./lease.ts";
import { agoByDatabase, eraseUntil } from "./erase.ts";
import { FORGET_NODE_MS, keepNode, readRegisteredNodes } from "./node.ts";
import { boundRoom, boundTenant, claimPlace, countPeers, readPlaces, releasePlace } from "./placement.ts";
import { insertRoom } from "./room.ts";
import { testOnStores } from "./store_for_tests.ts";

const ROOM = "aaaa-bbbb-cccc" as RoomId;
const HERE = "e".repeat(16) as EdgeId;
const THERE = "f".repeat(16) as EdgeId;

function addressOf(nodeId: string): NodeAddress {
  return {
    nodeId: nodeId as NodeId,
    region: nodeId as RegionId,
    jurisdiction: "de" as Jurisdiction,
    publicUrl: null,
    privateUrl: null,
    network: null,
  };
}
const FRA = addressOf("fra");
const BER = addressOf("ber");

testOnStores("placements of rooms", async ({ store: { db } }, t) => {
  await insertRoom(db, { id: ROOM, linkHash: "00" }, "", Date.now());
  /** Renews a lease for longer than any test takes: places expire by the database's own clock. */
  const renew = async (edgeId: EdgeId) => {
    await renewLease(db, edgeId);
    await sql`update edge set seen_at = now() + interval '1 hour' where id = ${edgeId}`.execute(db);
  };
  await renew(HERE);
  await renew(THERE);
  const claim = (address: NodeAddress, edgeId: EdgeId, ifVersion?: number) =>
    claimPlace(db, { roomId: ROOM, address, edgeId, ifVersion });
  const read = async () => (await readPlaces(db, [ROOM])).get(ROOM)!;

  await t.step(
    "[F1] if two edges open a room at the same time, one learns the other's choice",
    async () => {
      const { version, nodes } = await read();
      assert.equal(nodes.size, 0);
      assert.deepEqual(
        (await Promise.all([claim(FRA, HERE, version), claim(BER, THERE, version)])).toSorted(),
        [false, true],
      );
      const places = await read();
      assert.equal(places.version, version + 1);
      assert.equal(places.nodes.size, 1);
    },
  );

  await t.step("[F2] the version grows with each change of the nodes, and with nothing else", async () => {
    await releasePlace(db, { roomId: ROOM, nodeId: "ber" as NodeId, edgeId: null });
    await claim(FRA, HERE);
    const { version } = await read();
    await claim(FRA, HERE);
    await claim(FRA, THERE);
    await countPeers(db, HERE, [{ roomId: ROOM, nodeId: FRA.nodeId, peers: 7 }]);
    await releasePlace(db, { roomId: ROOM, nodeId: FRA.nodeId, edgeId: THERE });
    let places = await read();
    assert.equal(places.version, version);
    assert.deepEqual(places.nodes.get(FRA.nodeId), { address: FRA, peersByEdge: new Map([[HERE, 7]]) });
    await claim(BER, THERE);
    await releasePlace(db, { roomId: ROOM, nodeId: FRA.nodeId, edgeId: HERE });
    places = await read();
    assert.equal(places.version, version + 2);
    assert.deepEqual([...places.nodes.keys()], [BER.nodeId]);
  });

  await t.step(
    "[F2] a version is read together with its nodes, whatever changes meanwhile",
    async () => {
      await releasePlace(db, { roomId: ROOM, nodeId: BER.nodeId, edgeId: null });
      const { version: empty } = await read();
      let isOver = false;
      const reads = [0, 0, 0, 0];
      const readers = reads.map(async (_, reader) => {
        while (!isOver) {
          const { version, nodes } = await read();
          assert.equal(nodes.size, (version - empty) % 2, `version ${version - empty}`);
          reads[reader]!++;
        }
      });
      const changing = (async () => {
        // Continues until all have read between changes: it can take long to get a connection.
        for (let n = 0; n < 50 || reads.some((count) => count < 2); n++) {
          await claim(BER, THERE);
          await releasePlace(db, { roomId: ROOM, nodeId: BER.nodeId, edgeId: null });
        }
        await claim(BER, THERE);
      })().finally(() => isOver = true);
      await Promise.all([changing, ...readers]);
    },
  );

  await t.step("[F2] an edge that is gone holds no places, at once or after half a minute", async () => {
    await sql`update edge set seen_at = now() - interval '31 seconds' where id = ${THERE}`.execute(db);
    assert.equal((await read()).nodes.size, 0);
    await renew(THERE);
    assert.equal((await read()).nodes.size, 1);
    await endLease(db, THERE);
    assert.equal((await read()).nodes.size, 0);
  });

  await t.step("[F6] the residency rules of tenant and room both apply", async () => {
    const { version, residency } = await read();
    assert.deepEqual(residency, ANYWHERE);
    const { id } = await db.insertInto("tenant").values({
      id: "t",
      slug: "t",
      name: "T",
      created_at: new Date(),
    })
      .returning("id").executeTakeFirstOrThrow();
    await db.updateTable("room").set({ tenant_id: id }).where("id", "=", ROOM).execute();
    const [fra, ber] = ["fra", "ber"] as RegionId[] as [RegionId, RegionId];
    await boundTenant(db, id, { regions: [fra, ber], jurisdictions: ["de" as Jurisdiction] });
    await boundRoom(db, ROOM, { regions: [ber, "zrh" as RegionId], jurisdictions: null });
    const places = await read();
    assert.deepEqual(places.residency, { regions: [ber], jurisdictions: ["de"] });
    assert.equal(places.version, version + 2);
  });

  await t.step(
    "[F3] every edge finds a registered node for a day, by the database's clock",
    async () => {
      await keepNode(db, FRA, "wss://fra.example.org:4400");
      await keepNode(db, FRA, null);
      await keepNode(db, BER, null);
      assert.deepEqual(await readRegisteredNodes(db), [{
        nodeId: "fra" as NodeId,
        controlUrl: "wss://fra.example.org:4400",
      }]);
      await sql`update node set seen_at = now() - interval '25 hours'`.execute(db);
      assert.deepEqual(await readRegisteredNodes(db), []);
      await keepNode(db, FRA, null);
      await eraseUntil(db, "node", "seen_at", agoByDatabase(FORGET_NODE_MS));
      assert.deepEqual(await db.selectFrom("node").select("id").execute(), [{ id: "fra" }]);
    },
  );
});

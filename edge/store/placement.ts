import type { EdgeId, NodeId, RoomId } from "@tafelrunde/protocol";
import { ANYWHERE, type NodeAddress, type Residency } from "@tafelrunde/protocol/media";
import { sql } from "kysely";
import type { Db } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/**
 * An edge that has not renewed its lease for this time has no peers anymore, ms: nodes keep them for 20 s,
 * for another edge to adopt (ORPHAN_TTL_MS).
 */
const EDGE_GONE_MS = 30_000;

/** The nodes of a room, and its residency rules. */
export interface RoomPlaces {
  /** Grows with every change of nodes or rules. */
  readonly version: number;
  readonly residency: Residency;
  readonly nodes: ReadonlyMap<NodeId, RoomPlace>;
}

/** A room on one node. */
export interface RoomPlace {
  readonly address: NodeAddress;
  /** Peers of the room there, by edge; a second old. */
  readonly peersByEdge: ReadonlyMap<EdgeId, number>;
}

/** Number of peers that an edge has in a room on a node. */
export interface PeerCount {
  readonly roomId: RoomId;
  readonly nodeId: NodeId;
  readonly peers: number;
}

interface FoundPlaces extends RoomPlaces {
  readonly nodes: Map<NodeId, RoomPlace & { readonly peersByEdge: Map<EdgeId, number> }>;
}

/** The placements of these rooms; missing rooms are left out. */
export async function readPlaces(db: Db, roomIds: readonly RoomId[]): Promise<Map<RoomId, RoomPlaces>> {
  if (roomIds.length === 0) return new Map();
  // In one statement, so that version and nodes belong together.
  const rows = await db.selectFrom("room as r").leftJoin("tenant as t", "t.id", "r.tenant_id")
    .leftJoin(
      (from) =>
        from.selectFrom("room_node as o").innerJoin("node as n", "n.id", "o.node_id")
          .innerJoin("edge as e", "e.id", "o.edge_id")
          .where("e.seen_at", ">", sql<Date>`now() - ${EDGE_GONE_MS} * interval '1 millisecond'`)
          .select(["o.room_id", "o.node_id", "o.edge_id", "o.peers", "n.address"]).as("p"),
      (join) => join.onRef("p.room_id", "=", "r.id"),
    )
    .where("r.id", "=", sql<RoomId>`any(${roomIds})`)
    .select(["r.id", "r.placement_version", "r.residency", "t.residency as tenant_residency"])
    .select(["p.node_id", "p.edge_id", "p.peers", "p.address"]).execute();
  const found = new Map<RoomId, FoundPlaces>();
  for (const { node_id, edge_id, peers, address, ...row } of rows) {
    const room = found.get(row.id as RoomId) ?? {
      version: row.placement_version,
      residency: bothOf(row.residency as Residency | null, row.tenant_residency as Residency | null),
      nodes: new Map(),
    };
    found.set(row.id as RoomId, room);
    if (node_id === null) continue;
    const place = room.nodes.get(node_id as NodeId) ??
      { address: address as NodeAddress, peersByEdge: new Map<EdgeId, number>() };
    room.nodes.set(node_id as NodeId, place);
    place.peersByEdge.set(edge_id as EdgeId, peers!);
  }
  return found;
}

/**
 * Records that `edgeId` has peers of the room on `nodeId`. With `ifVersion`, only if the placement has not
 * changed since; false: it has. True also if it was recorded before.
 */
export function claimPlace(
  db: Db,
  { roomId, address, edgeId, ifVersion }: {
    roomId: RoomId;
    address: NodeAddress;
    edgeId: EdgeId;
    ifVersion: number | undefined;
  },
): Promise<boolean> {
  const { nodeId } = address;
  return inTransaction(db, async (trx) => {
    const room = await trx.selectFrom("room").select("placement_version").where("id", "=", roomId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (room === undefined) return false;
    if (ifVersion !== undefined && room.placement_version !== ifVersion) return false;
    const isFirst = !await isPlaced(trx, roomId, nodeId);
    await trx.insertInto("node")
      .values({ id: nodeId, address: JSON.stringify(address), control_url: null, seen_at: sql<Date>`now()` })
      .onConflict((conflict) => conflict.doNothing()).execute();
    await trx.insertInto("room_node").values({ room_id: roomId, node_id: nodeId, edge_id: edgeId })
      .onConflict((conflict) => conflict.doNothing()).execute();
    if (isFirst) await raiseVersion(trx, roomId);
    return true;
  });
}

/** Records that `edgeId` has no peers of the room on `nodeId` anymore; `edgeId` null: no edge has. */
export async function releasePlace(
  db: Db,
  { roomId, nodeId, edgeId }: { roomId: RoomId; nodeId: NodeId; edgeId: EdgeId | null },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.selectFrom("room").select("id").where("id", "=", roomId).forNoKeyUpdate().execute();
    const { numDeletedRows } = await trx.deleteFrom("room_node").where("room_id", "=", roomId)
      .where("node_id", "=", nodeId).$if(edgeId !== null, (query) => query.where("edge_id", "=", edgeId!))
      .executeTakeFirst();
    if (numDeletedRows > 0n && !await isPlaced(trx, roomId, nodeId)) await raiseVersion(trx, roomId);
  });
}

/** Updates the peer counts of `edgeId`; places that it has not claimed are ignored. */
export async function countPeers(db: Db, edgeId: EdgeId, counts: readonly PeerCount[]): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map(({ roomId, nodeId, peers }) => ({ room_id: roomId, node_id: nodeId, peers }));
  await sql`update room_node as p set peers = c.peers
    from json_to_recordset(${JSON.stringify(rows)}::json) as c(room_id text, node_id text, peers integer)
    where p.edge_id = ${edgeId} and p.room_id = c.room_id and p.node_id = c.node_id`.execute(db);
}

/** The residency rules of a room itself, and of its tenant. */
export async function readBounds(
  db: Db,
  roomId: RoomId,
): Promise<{ readonly room: Residency; readonly tenant: Residency } | undefined> {
  const row = await db.selectFrom("room as r").leftJoin("tenant as t", "t.id", "r.tenant_id")
    .where("r.id", "=", roomId).select(["r.residency", "t.residency as tenant_residency"]).executeTakeFirst();
  return row && {
    room: row.residency as Residency | null ?? ANYWHERE,
    tenant: row.tenant_residency as Residency | null ?? ANYWHERE,
  };
}

/** The residency rules of all rooms of a tenant. */
export async function readTenantBounds(db: Db, tenantId: string): Promise<Residency> {
  const row = await db.selectFrom("tenant").where("id", "=", tenantId).select("residency").executeTakeFirst();
  return row?.residency as Residency | null ?? ANYWHERE;
}

/** Sets a room's residency rules; null: only its tenant's apply. */
export async function boundRoom(db: Db, roomId: RoomId, residency: Residency | null): Promise<void> {
  await db.updateTable("room").set(({ eb }) => ({
    residency: residency && JSON.stringify(residency),
    placement_version: eb("placement_version", "+", 1),
  })).where("id", "=", roomId).execute();
}

/** Sets the residency rules of all rooms of a tenant; null: none. */
export async function boundTenant(db: Db, tenantId: string, residency: Residency | null): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.updateTable("tenant").set({ residency: residency && JSON.stringify(residency) })
      .where("id", "=", tenantId).execute();
    await trx.updateTable("room").set(({ eb }) => ({ placement_version: eb("placement_version", "+", 1) }))
      .where("tenant_id", "=", tenantId).execute();
  });
}

async function isPlaced(db: Db, roomId: RoomId, nodeId: NodeId): Promise<boolean> {
  const row = await db.selectFrom("room_node").select("edge_id").where("room_id", "=", roomId)
    .where("node_id", "=", nodeId).limit(1).executeTakeFirst();
  return row !== undefined;
}

async function raiseVersion(db: Db, roomId: RoomId): Promise<void> {
  await db.updateTable("room").set(({ eb }) => ({ placement_version: eb("placement_version", "+", 1) }))
    .where("id", "=", roomId).execute();
}

/** The rules that satisfy both. */
function bothOf(one: Residency | null, other: Residency | null): Residency {
  const both = <Place>(some: readonly Place[] | null = null, others: readonly Place[] | null = null) =>
    some === null
      ? others && [...others]
      : others === null
      ? [...some]
      : some.filter((place) => others.includes(place));
  return one === null || other === null ? one ?? other ?? ANYWHERE : {
    regions: both(one.regions, other.regions),
    jurisdictions: both(one.jurisdictions, other.jurisdictions),
  };
}

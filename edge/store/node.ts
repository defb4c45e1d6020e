import type { NodeId } from "@tafelrunde/protocol";
import type { NodeAddress } from "@tafelrunde/protocol/media";
import { sql } from "kysely";
import type { Db } from "./schema.ts";

/** Nodes that no edge has seen for this time are deleted, ms. */
export const FORGET_NODE_MS = 24 * 3_600_000;

/** A node that registered itself. */
export interface RegisteredNode {
  readonly nodeId: NodeId;
  /** The URL at which edges reach it. */
  readonly controlUrl: string;
}

/** Stores a node's proved address. `controlUrl` null: other edges must not use it; a stored one stays. */
export async function keepNode(db: Db, address: NodeAddress, controlUrl: string | null): Promise<void> {
  const row = { address: JSON.stringify(address), seen_at: sql<Date>`now()` };
  await db.insertInto("node").values({ id: address.nodeId, control_url: controlUrl, ...row })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet({ ...row, ...controlUrl !== null && { control_url: controlUrl } })
    ).execute();
}

/** The nodes that registered themselves and were seen in the last day. */
export async function readRegisteredNodes(db: Db): Promise<RegisteredNode[]> {
  const rows = await db.selectFrom("node").select(["id", "control_url"]).where("control_url", "is not", null)
    .where("seen_at", ">", sql<Date>`now() - ${FORGET_NODE_MS} * interval '1 millisecond'`).execute();
  return rows.map(({ id, control_url }) => ({ nodeId: id as NodeId, controlUrl: control_url! }));
}

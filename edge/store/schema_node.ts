import type { ColumnType, Generated } from "kysely";

/** Rows of media nodes and of room placements. */
export interface NodeSchema {
  node: {
    id: string;
    address: ColumnType<unknown, string, string>;
    control_url: string | null;
    seen_at: Date;
  };
  room_node: {
    room_id: string;
    node_id: string;
    edge_id: string;
    peers: Generated<number>;
  };
}

import { NodeId, RoomId } from "@tafelrunde/protocol";
import { DrainNode, NodeList, RegisterNode, RoomResidency, SetResidency } from "@tafelrunde/protocol/http";
import { registrationProof, Residency } from "@tafelrunde/protocol/media";
import { timingSafeEqual } from "node:crypto";
import type { Fleet } from "../fleet/fleet.ts";
import { boundRoom, boundTenant, readBounds, readTenantBounds } from "../store/placement.ts";
import { ProblemError, unknown } from "./problem.ts";
import { requireEffect } from "../identity/effects.ts";
import { bearerOf, getRoomFor, readerOf } from "./room_access.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./serve_route.ts";

/** /v1/nodes: media nodes register, operators look at them and empty them; and where rooms may be. */
export function nodeRoutes(fleet: Fleet, { db, config }: Service): Route[] {
  const { registry } = fleet;
  return [
    route({
      method: "POST",
      path: "/v1/nodes",
      operation: "register",
      tag: "service",
      summary: "Register a media node",
      description:
        "Media nodes do this by themselves. The edge calls back, and keeps only what proves the cluster key there.",
      access: "open",
      limit: "node.register",
      body: RegisterNode,
      problems: { "node.unproved": 403, "node.unreachable": 502 },
    }, async ({ body }) => {
      const proofs = await Promise.all(config.CLUSTER_KEY.map((key) => registrationProof(key, body)));
      if (!proofs.some((proof) => isSame(proof, body.proof))) throw new ProblemError(403, "node.unproved");
      if (!await registry.register(body.controlUrl)) throw new ProblemError(502, "node.unreachable");
    }),

    route({
      method: "GET",
      path: "/v1/nodes",
      tag: "service",
      summary: "List the media nodes, as this edge sees them",
      access: "operator",
      answer: NodeList,
    }, () => ({
      nodes: registry.nodes.flatMap(({ connection: { profile }, report }) => {
        if (profile === undefined) return [];
        const { address: { nodeId, region, jurisdiction }, operator } = profile;
        return [{ id: nodeId, ...report, region, jurisdiction, operator }];
      }),
    })),

    route({
      method: "POST",
      path: "/v1/nodes/{node}/drain",
      tag: "service",
      summary: "Empty a media node",
      description:
        "Its people are moved to other nodes without a gap; then its process ends. SIGTERM to the process does the same.",
      access: "operator",
      params: { node: NodeId },
      body: DrainNode,
      problems: { "node.unreachable": 502 },
    }, async ({ params, body: { withinS } }) => {
      const node = registry.find(params.node);
      if (node === undefined) throw unknown("node");
      const outcome = await node.connection.ask<"node.drain">({
        type: "node.drain",
        deadlineMs: withinS * 1000,
      });
      if ("refused" in outcome) throw new ProblemError(502, "node.unreachable");
    }),

    route({
      method: "GET",
      path: "/v1/rooms/{room}/residency",
      tag: "rooms",
      summary: "Read what a room is bound to",
      description: "Media of the room is on nodes that satisfy both, and on no others. Null stands for any.",
      access: "member",
      scope: "rooms:read",
      params: { room: RoomId },
      answer: RoomResidency,
    }, async ({ caller, params }) => {
      const { id } = await getRoomFor(db, caller, params.room, "read");
      const bounds = await readBounds(db, id);
      if (bounds === undefined) throw unknown("room");
      return bounds;
    }),

    route({
      method: "PUT",
      path: "/v1/rooms/{room}/residency",
      tag: "rooms",
      summary: "Bind a room to regions and jurisdictions",
      description:
        "Null stands for any. What the tenant is bound to holds as well. When this is answered, nobody comes to a node outside any more; who is on one is moved within seconds.",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId },
      body: SetResidency,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params, body }) => {
      const { id } = await getRoomFor(db, caller, params.room, "own");
      await boundRoom(db, id, body);
      await fleet.rebound(id);
    }),

    route({
      method: "GET",
      path: "/v1/tenant/residency",
      tag: "tenants",
      summary: "Read what all rooms of one's tenant are bound to",
      access: "member",
      scope: "tenant:read",
      answer: Residency,
    }, async ({ caller }) => await readTenantBounds(db, readerOf(caller).tenantId)),

    route({
      method: "PUT",
      path: "/v1/tenant/residency",
      tag: "tenants",
      summary: "Bind all rooms of one's tenant to regions and jurisdictions",
      description:
        "Null stands for any. When this is answered, nobody comes to a node outside any more; who is on one is moved within seconds.",
      access: "admin",
      scope: "tenant:write",
      body: SetResidency,
    }, async ({ caller, body }) => {
      requireEffect(bearerOf(caller), "tenant.change");
      await boundTenant(db, readerOf(caller).tenantId, body);
      await fleet.rebound();
    }),
  ];
}

/** Compares in constant time what is of one length. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(new TextEncoder().encode(one), new TextEncoder().encode(other));
}

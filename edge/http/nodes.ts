import type { EdgeContext } from "../context.ts";
import { NodeId, RoomId } from "@tafelrunde/protocol";
import { DrainNode, NodeList, RegisterNode, RoomResidency, SetResidency } from "@tafelrunde/protocol/http";
import { registrationProof, Residency } from "@tafelrunde/protocol/media";
import { timingSafeEqual } from "node:crypto";
import { bearerOf } from "../identity/caller.ts";
import { boundRoom, boundTenant, readBounds, readTenantBounds } from "../store/placement.ts";
import { ProblemError, unknown } from "./problem.ts";
import { requireEffect } from "../identity/effects.ts";
import { getRoomFor, readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";

/** /v1/nodes: media nodes register, operators list and drain them. Also /residency: where rooms may be. */
export function nodeRoutes({ fleet, db, config }: Pick<EdgeContext, "fleet" | "db" | "config">): Route[] {
  const { registry } = fleet;
  return [
    route({
      method: "POST",
      path: "/v1/nodes",
      operation: "register",
      tag: "service",
      summary: "Register a media node",
      description:
        "Media nodes call this themselves. The edge connects back, and keeps only nodes that prove the cluster key.",
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
      summary: "List media nodes, as seen by this edge",
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
      summary: "Drain a media node",
      description:
        "Its participants are moved to other nodes without interruption; then its process exits. SIGTERM to the process does the same.",
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
      summary: "Read a room's residency",
      description: "The room's media only uses nodes that satisfy both. Null means any.",
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
      summary: "Restrict a room to regions and jurisdictions",
      description:
        "Null means any. The tenant's restriction applies as well. Once this is answered, no participant is placed on a node outside; those on one are moved within seconds.",
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
      summary: "Read the residency of all rooms of the caller's tenant",
      access: "member",
      scope: "tenant:read",
      answer: Residency,
    }, async ({ caller }) => await readTenantBounds(db, readerOf(caller).tenantId)),

    route({
      method: "PUT",
      path: "/v1/tenant/residency",
      tag: "tenants",
      summary: "Restrict all rooms of the caller's tenant to regions and jurisdictions",
      description:
        "Null means any. Once this is answered, no participant is placed on a node outside; those on one are moved within seconds.",
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

/** Compares strings of the same length in constant time. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(new TextEncoder().encode(one), new TextEncoder().encode(other));
}

import type { EdgeContext } from "../context.ts";
import { PROTOCOL_VERSION } from "@tafelrunde/protocol";
import { Health, Version } from "@tafelrunde/protocol/http";
import { type Route, route } from "../route.ts";
import manifest from "../package.json" with { type: "json" };

/** /v1/health for load balancers, /v1/version for people and clients. */
export function healthRoutes({ fleet, connections }: Pick<EdgeContext, "fleet" | "connections">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/health",
      tag: "service",
      summary: "Check whether new participants can join",
      access: "open",
      limit: null,
      answer: Health,
      otherStatuses: { 503: "The database accepts no writes, or this edge is draining" },
    }, ({ c }) => {
      const isStoreUp = connections.isStoreUp();
      const { up, all } = fleet.size;
      const status = !isStoreUp
        ? "down"
        : connections.isClosing
        ? "draining"
        : up === all
        ? "ok"
        : "degraded";
      const health: Health = { status, store: isStoreUp, mediaNodes: { up, all } };
      return isStoreUp && !connections.isClosing ? health : c.json(health, 503);
    }),
    route({
      method: "GET",
      path: "/v1/version",
      tag: "service",
      summary: "Read the version",
      access: "open",
      answer: Version,
    }, () => ({ name: "tafelrunde", version: manifest.version, protocol: PROTOCOL_VERSION })),
  ];
}

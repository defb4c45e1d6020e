import { PROTOCOL_VERSION } from "@tafelrunde/protocol";
import type { Version } from "@tafelrunde/protocol/http";
import { Hono } from "hono";
import { sql } from "kysely";
import type * as v from "valibot";
import type { Reception } from "../rooms/enter.ts";
import type { Door } from "./signal.ts";
import manifest from "../package.json" with { type: "json" };

/** /v1/health for load balancers: 200 while the database answers and new people may come, else 503. /v1/version for people and clients. */
export function healthRoutes({ context, fleet }: Reception, door: Door): Hono {
  const routes = new Hono();
  routes.get("/health", async (c) => {
    const isStoreUp = await sql`select 1`.execute(context.db).then(() => true, () => false);
    const { up, all } = fleet.size;
    const status = !isStoreUp ? "down" : door.isClosing ? "draining" : up === all ? "ok" : "degraded";
    const isFit = isStoreUp && !door.isClosing;
    return c.json({ status, store: isStoreUp, mediaNodes: { up, all } }, isFit ? 200 : 503, {
      "cache-control": "no-store",
    });
  });
  routes.get("/version", (c) => {
    const version: v.InferOutput<typeof Version> = {
      name: "tafelrunde",
      version: manifest.version,
      protocol: PROTOCOL_VERSION,
    };
    return c.json(version);
  });
  return routes;
}

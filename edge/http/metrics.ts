import type { EdgeContext } from "../context.ts";
import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { ProblemError } from "./problem.ts";

/**
 * GET /v1/metrics in Prometheus' text format, for clients with METRICS_TOKEN. Without METRICS_TOKEN the route
 * does not exist.
 */
export function metricsRoutes({ metrics, config }: Pick<EdgeContext, "metrics" | "config">): Hono {
  const { METRICS_TOKEN: token } = config;
  const routes = new Hono();
  if (token === "") return routes;
  const expected = new TextEncoder().encode(`Bearer ${token}`);
  routes.get("/metrics", async (c) => {
    const given = new TextEncoder().encode(c.req.header("authorization") ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ProblemError(401, "token.wrong");
    }
    return c.text(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
  return routes;
}

import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Config } from "../config.ts";
import { withCaller } from "../identity/caller.ts";
import type { Reception } from "../rooms/enter.ts";
import { healthRoutes } from "./health.ts";
import { metricsRoutes } from "./metrics.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { roomRoutes } from "./rooms.ts";
import { type Door, type Runtime, signalRoutes } from "./signal.ts";
import { webRoutes } from "./web.ts";

/** Everything that an edge answers over HTTP. `runtime` is what differs between the server and a Deno platform. */
export function makeApp(reception: Reception, config: Config, runtime: Runtime, door: Door): Hono {
  const app = new Hono();
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      mediaSrc: ["'self'", "blob:"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      workerSrc: ["'self'"],
      frameAncestors: ["'none'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
    },
    permissionsPolicy: {
      camera: ["self"],
      microphone: ["self"],
      displayCapture: ["self"],
      geolocation: [],
      payment: [],
    },
    referrerPolicy: "no-referrer",
    crossOriginEmbedderPolicy: false,
  }));
  app.use("/v1/*", withCaller(reception.context.db, reception.context.now, config));
  app.route("/v1/rooms", roomRoutes(reception, config, runtime));
  app.route("/v1", healthRoutes(reception, door));
  app.route("/v1", signalRoutes(reception, config, runtime, door));
  app.route("/v1", metricsRoutes(reception.context.metrics, config));
  app.all("/v1/*", () => {
    throw new ProblemError(404, "route.unknown", "There is no such route.");
  });
  app.route("/", webRoutes(config));
  app.notFound((c) => problemResponse(c, new ProblemError(404, "page.unknown")));
  app.onError((error, c) => {
    const response = problemResponse(c, error);
    if (error instanceof ProblemError) reception.context.metrics.refused.inc({ code: error.code });
    if (response.status >= 500) reception.context.log.error("http.fault", { error, route: c.req.routePath });
    return response;
  });
  return app;
}

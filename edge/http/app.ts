import type { EdgeContext } from "../context.ts";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { reportFault } from "@tafelrunde/protocol/process/faults";
import { featureRoutes } from "../feature_rules.ts";
import { removalTeller } from "../rooms/removal.ts";
import { roleSyncer } from "../rooms/sync_roles.ts";
import { accountRoutes } from "./account.ts";
import { authRoutes } from "./auth.ts";
import { withCaller } from "./caller.ts";
import { docsRoutes } from "./docs.ts";
import { lobbyRoutes } from "./lobby.ts";
import { favouriteRoutes } from "./favourites.ts";
import { groupRoutes } from "./groups.ts";
import { healthRoutes } from "./health.ts";
import { invitationRoutes } from "./invitations.ts";
import { keyRoutes } from "./keys.ts";
import { linkRoutes } from "./links.ts";
import { mailRoutes } from "./mails.ts";
import { meetingRoutes } from "./meetings.ts";
import { memberRoutes } from "./members.ts";
import { metricsRoutes } from "./metrics.ts";
import { nodeRoutes } from "./nodes.ts";
import { oidcRoutes } from "./oidc.ts";
import { peopleRoutes } from "./people.ts";
import { refuseForeignHost, requireHost } from "./origin.ts";
import { codeOf, ProblemError, problemResponse } from "./problem.ts";
import { roomsOfRoutes } from "./room_access.ts";
import { roomRoutes } from "./rooms.ts";
import type { Route } from "../route.ts";
import { serveRoutes } from "./serve_route.ts";
import { signalRoutes } from "./signal.ts";
import { tenantRoutes } from "./tenants.ts";
import { webRoutes } from "./web.ts";
import type { WebFiles } from "./web_files.ts";

/** The routes of the REST API. */
export function apiRoutes(context: EdgeContext): Route[] {
  const syncRoles = roleSyncer(context);
  const tellRemoval = removalTeller(context, syncRoles);
  const routes = [
    ...roomRoutes(context, syncRoles, tellRemoval),
    ...linkRoutes(context),
    ...memberRoutes(context, syncRoles),
    ...featureRoutes(roomsOfRoutes(context)),
    ...peopleRoutes(context, tellRemoval),
    ...groupRoutes(context),
    ...tenantRoutes(context),
    ...keyRoutes(context),
    ...nodeRoutes(context),
    ...lobbyRoutes(context),
    ...meetingRoutes(context, tellRemoval),
    ...invitationRoutes(context, syncRoles),
    ...favouriteRoutes(context),
    ...mailRoutes(context),
    ...authRoutes(context),
    ...accountRoutes(context, tellRemoval),
    ...healthRoutes(context),
  ];
  return [...routes, ...docsRoutes(routes, context)];
}

/** Everything that an edge serves over HTTP. */
export function makeApp(
  context: EdgeContext,
  files: WebFiles,
): Hono {
  const { config, fleet, log, metrics } = context;
  // A trailing slash makes no difference: mails and proxies add one.
  const app = new Hono({ strict: false });
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      mediaSrc: ["'self'", "blob:"],
      // Echo endpoints of the current media nodes.
      connectSrc: ["'self'", () => fleet.registry.probeOrigins.join(" ")],
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
  app.use(requireHost);
  app.use(refuseForeignHost(context));
  app.use("/v1/*", withCaller(context));
  serveRoutes(app, apiRoutes(context), context);
  app.route("/v1/auth/oidc", oidcRoutes(context));
  app.route("/v1", signalRoutes(context));
  app.route("/v1", metricsRoutes(context));
  app.all("/v1/*", () => {
    throw new ProblemError(404, "route.unknown", "No such route.");
  });
  app.route("/", webRoutes(config, files));
  app.notFound((c) => problemResponse(c, new ProblemError(404, "page.unknown")));
  app.onError((error, c) => {
    const response = problemResponse(c, error);
    const code = codeOf(error);
    if (code !== undefined) metrics.refused.inc({ code });
    if (response.status >= 500 && code === undefined) {
      reportFault(log, "http", error);
    }
    return response;
  });
  return app;
}

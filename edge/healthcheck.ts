/**
 * A container's health check: exits with 0 if the edge on this machine is healthy. Reads HOST and PORT, as
 * the edge does.
 */
import { request } from "node:http";

/** Longest wait for the answer, ms: less than the timeout of the image's HEALTHCHECK. */
const LIMIT_MS = 2_500;

// Connecting to "0.0.0.0" or "::" reaches this machine.
const hostname = Deno.env.get("HOST") || "0.0.0.0";
const port = Deno.env.get("PORT") || "8080";
// Without PUBLIC_URL an edge refuses host names that others can own; it never refuses this one.
request(
  { hostname, port, path: "/v1/health", timeout: LIMIT_MS, headers: { host: "localhost" } },
  ({ statusCode }) => Deno.exit(statusCode === 200 ? 0 : 1),
).on("error", () => Deno.exit(1)).on("timeout", () => Deno.exit(1)).end();

/** For a container's health check: ends with 0 when the edge that listens at HOST and PORT, which it reads as the edge does, is well. */
import { request } from "node:http";

/** Longest wait for the answer, ms: less than what the image's HEALTHCHECK gives. */
const LIMIT_MS = 2_500;

// A connection to "0.0.0.0" or "::" is one to this machine.
const hostname = Deno.env.get("HOST") || "0.0.0.0";
const port = Deno.env.get("PORT") || "8080";
// Without PUBLIC_URL an edge answers no name that could be somebody else's; this one is always its own.
request(
  { hostname, port, path: "/v1/health", timeout: LIMIT_MS, headers: { host: "localhost" } },
  ({ statusCode }) => Deno.exit(statusCode === 200 ? 0 : 1),
).on("error", () => Deno.exit(1)).on("timeout", () => Deno.exit(1)).end();

/**
 * A container's health check: exits with 0 if every worker of the node on this machine can create a
 * transport. Reads the node's own variables.
 */
import { request } from "node:https";
import { request as plainRequest } from "node:http";
import { readConfig } from "./config.ts";

/** Longest wait for the response, ms: a worker can take 4 s before it is given up (worker_pool.ts). */
const LIMIT_MS = 4_500;

const { CONTROL_HOST, CONTROL_PORT, CONTROL_CERT } = readConfig(process.env);
const hostname = CONTROL_HOST === "0.0.0.0" ? "127.0.0.1" : CONTROL_HOST === "::" ? "::1" : CONTROL_HOST;
const ask = CONTROL_CERT === "" ? plainRequest : request;
// The check is for availability, not identity: the node's certificate is for its public name.
ask(
  { hostname, port: CONTROL_PORT, path: "/health", timeout: LIMIT_MS, rejectUnauthorized: false },
  ({ statusCode }) => {
    process.exit(statusCode === 200 ? 0 : 1);
  },
).on("error", () => process.exit(1)).on("timeout", () => process.exit(1)).end();

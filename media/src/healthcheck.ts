/** For a container's health check: ends with 0 when every worker of the node on this machine makes a transport. Reads the node's own variables. */
import { request } from "node:https";
import { request as plainRequest } from "node:http";
import { readConfig } from "./config.ts";

/** Longest wait for the answer, ms: a worker may take 4 s before it is given up (worker_pool.ts). */
const LIMIT_MS = 4_500;

const { CONTROL_HOST, CONTROL_PORT, CONTROL_CERT } = readConfig(process.env);
const hostname = CONTROL_HOST === "0.0.0.0" ? "127.0.0.1" : CONTROL_HOST === "::" ? "::1" : CONTROL_HOST;
const ask = CONTROL_CERT === "" ? plainRequest : request;
// Whether the node is up is asked, not who it is: its certificate is for its public name.
ask(
  { hostname, port: CONTROL_PORT, path: "/health", timeout: LIMIT_MS, rejectUnauthorized: false },
  ({ statusCode }) => {
    process.exit(statusCode === 200 ? 0 : 1);
  },
).on("error", () => process.exit(1)).on("timeout", () => process.exit(1)).end();

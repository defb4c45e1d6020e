/** For a container's health check: ends with 0 when the control channel of the node on this machine answers. Reads the node's own variables. */
import { request } from "node:https";
import { request as plainRequest } from "node:http";
import { readConfig } from "./config.ts";

/** What the control channel says to whoever does not speak its language. Source: RFC 9110 §15.5.22. */
const UPGRADE_REQUIRED = 426;

const { CONTROL_HOST, CONTROL_PORT, CONTROL_CERT } = readConfig(process.env);
const hostname = CONTROL_HOST === "0.0.0.0" ? "127.0.0.1" : CONTROL_HOST === "::" ? "::1" : CONTROL_HOST;
const ask = CONTROL_CERT === "" ? plainRequest : request;
// Whether the node is up is asked, not who it is: its certificate is for its public name.
ask({ hostname, port: CONTROL_PORT, timeout: 2_000, rejectUnauthorized: false }, ({ statusCode }) => {
  process.exit(statusCode === UPGRADE_REQUIRED ? 0 : 1);
}).on("error", () => process.exit(1)).on("timeout", () => process.exit(1)).end();

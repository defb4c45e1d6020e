import { createConfig, lintFromString } from "@redocly/openapi-core";
import type { OpenApi } from "../edge/http/openapi.ts";

/** Findings of redocly's recommended rules for a description, errors and warnings: one per line. */
export async function lintApi(api: OpenApi): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const found = await lintFromString({ source: JSON.stringify(api), absoluteRef: "/openapi.json", config });
  return found.map(({ severity, ruleId, message, location }) =>
    `${severity} ${ruleId}: ${message} ${location.map(({ pointer }) => pointer).join(" ")}`
  );
}

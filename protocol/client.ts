/**
 * What the pages before a meeting load of the protocol: no schemas, and nothing of features. The build puts
 * all that a page can reach into its first file, so the lobby imports from here only.
 */
export * from "./backoff.ts";
export * from "./close.ts";
export * from "./core_rights.ts";
export * from "./language.ts";
export * from "./new_ids.ts";
export * from "./page_paths.ts";
export * from "./protocol_fault.ts";
export * from "./refuse.ts";
export * from "./roles.ts";
export * from "./text_limits.ts";
export * from "./version.ts";

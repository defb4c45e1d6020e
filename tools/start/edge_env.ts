/**
 * What an edge's process is started with besides its configuration; the image (Dockerfile.edge) and the systemd unit have the same. Young objects
 * get 8 MB at a time: V8's own 32 MB stay taken after the first crowd, 8 KB for each of 5,000 idle sockets, and save no processor time
 * (bench:edge, `idle` and `fanout`).
 */
export const EDGE_ENV = { DENO_V8_FLAGS: "--max-semi-space-size=8" } as const;

/**
 * What an edge's process is started with besides its configuration; the image (Dockerfile.edge) and the systemd unit have the same. Young objects
 * get 8 MB at a time: V8's own 32 MB stay taken after the first crowd, 8 KB for each of 5,000 idle sockets, and save no processor time
 * (bench:edge, `idle` and `fanout`). The heap is collected when it has grown by half, where V8 lets it grow to four times what is in use: a flood of
 * answers of 240 KB made an edge of 225 MB one of 470 (bench:abuse, `unreadAnswers`), and with this one of 280.
 */
export const EDGE_ENV = { DENO_V8_FLAGS: "--max-semi-space-size=8,--heap-growing-percent=50" } as const;

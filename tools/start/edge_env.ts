/**
 * Environment of an edge's process besides its configuration; the image (Dockerfile.edge) and the systemd
 * unit set the same. Young objects get 8 MB at a time: V8's own 32 MB stay allocated after the first crowd, 8
 * KB for each of 5,000 idle sockets, and save no CPU time (bench:edge, `idle` and `fanout`). The heap is
 * collected when it has grown by half, where V8 lets it grow to four times the used size: a flood of 240 KB
 * responses raised an edge from 225 MB to 470 (bench:abuse, `unreadAnswers`), and with this setting to 280.
 */
export const EDGE_ENV = { DENO_V8_FLAGS: "--max-semi-space-size=8,--heap-growing-percent=50" } as const;

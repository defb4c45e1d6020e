/**
 * `node verify.mjs WORKER`: exits with 0 if mediasoup accepts the worker (same version, working channel, a
 * router and an encrypted transport can be created), otherwise with 1 and the reason. Needs Node ≥ 22.
 */
import process from "node:process";
import { createWorker } from "mediasoup";

const worker = await createWorker({ workerBin: process.argv[2], logLevel: "error" });
const router = await worker.createRouter({
  mediaCodecs: [{ kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2 }],
});
await router.createPipeTransport({
  listenInfo: { protocol: "udp", ip: "127.0.0.1" },
  enableSrtp: true,
  enableRtx: true,
});
worker.close();

import assert from "node:assert/strict";
import { test } from "node:test";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { createWorker } from "mediasoup";
import { MEDIA_CODECS } from "./capabilities.ts";

test("the capabilities built into clients equal those of a real router", async () => {
  const worker = await createWorker();
  try {
    const router = await worker.createRouter({ mediaCodecs: MEDIA_CODECS });
    assert.deepEqual(JSON.parse(JSON.stringify(router.rtpCapabilities)), ROUTER_RTP_CAPABILITIES);
  } finally {
    worker.close();
  }
});

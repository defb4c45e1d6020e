import assert from "node:assert/strict";
import test from "node:test";
import { createWorker } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import { MEDIA_CODECS } from "./capabilities.ts";
import { ResourceCounts } from "./resource_counts.ts";
import { makeRtpParameters } from "./test_person.ts";

test("an object created in a parent that closes meanwhile is closed too", async () => {
  const worker = await createWorker({ logLevel: "none" });
  try {
    const resourceCounts = new ResourceCounts();
    resourceCounts.watch(worker);
    const router = await worker.createRouter({ mediaCodecs: MEDIA_CODECS });
    const listenInfos = [{ protocol: "udp" as const, ip: "127.0.0.1" }];
    const [from, to] = await Promise.all([
      router.createWebRtcTransport({ listenInfos }),
      router.createWebRtcTransport({ listenInfos }),
    ]);
    const rtpParameters = makeRtpParameters("microphone") as never;
    const { id: producerId } = await closeWithParent(from, from.produce({ kind: "audio", rtpParameters }));
    const { rtpCapabilities } = router;
    const making = [
      closeWithParent(to, to.consume({ producerId, rtpCapabilities })),
      closeWithParent(to, to.produce({ kind: "audio", rtpParameters })),
    ];
    to.close();
    for (const child of making) await assert.rejects(child, /closed while/);
    const late = closeWithParent(router, router.createWebRtcTransport({ listenInfos }));
    router.close();
    await assert.rejects(late, /closed while/);
    assert.deepEqual(resourceCounts.open, { router: 0, transport: 0, pipe: 0, producer: 0, consumer: 0 });
  } finally {
    worker.close();
  }
});

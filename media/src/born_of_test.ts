import assert from "node:assert/strict";
import test from "node:test";
import { createWorker } from "mediasoup";
import { bornOf } from "./born_of.ts";
import { MEDIA_CODECS } from "./capabilities.ts";
import { Census } from "./census.ts";
import { makeRtpParameters } from "./test_person.ts";

test("an object created in a parent that closes meanwhile is closed too", async () => {
  const worker = await createWorker({ logLevel: "none" });
  try {
    const census = new Census();
    census.watch(worker);
    const router = await worker.createRouter({ mediaCodecs: MEDIA_CODECS });
    const listenInfos = [{ protocol: "udp" as const, ip: "127.0.0.1" }];
    const [from, to] = await Promise.all([
      router.createWebRtcTransport({ listenInfos }),
      router.createWebRtcTransport({ listenInfos }),
    ]);
    const rtpParameters = makeRtpParameters("microphone") as never;
    const { id: producerId } = await bornOf(from, from.produce({ kind: "audio", rtpParameters }));
    const { rtpCapabilities } = router;
    const making = [
      bornOf(to, to.consume({ producerId, rtpCapabilities })),
      bornOf(to, to.produce({ kind: "audio", rtpParameters })),
    ];
    to.close();
    for (const child of making) await assert.rejects(child, /closed while/);
    const late = bornOf(router, router.createWebRtcTransport({ listenInfos }));
    router.close();
    await assert.rejects(late, /closed while/);
    assert.deepEqual(census.open, { router: 0, transport: 0, pipe: 0, producer: 0, consumer: 0 });
  } finally {
    worker.close();
  }
});

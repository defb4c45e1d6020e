import assert from "node:assert/strict";
import {
  type JsonObject,
  newTrackId,
  type PeerAnswer,
  type PeerOffer,
  type RttByNode,
} from "@tafelrunde/protocol";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { until } from "./browser_rig.ts";
import { type Backbone, startBackbone } from "./cluster_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { IDLE, LyingNode } from "./lying_node.ts";
import { type MediaProcess, startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** Loads that a node reports; `isFault`: it is not a valid load. */
const LIES: readonly { what: string; load: string; capacity?: number; isFault: boolean }[] = [
  { what: "idle while it takes nobody", load: JSON.stringify(IDLE), isFault: false },
  { what: "a billion people", load: JSON.stringify({ ...IDLE, peers: 1e9 }), isFault: false },
  { what: "room for nobody", load: JSON.stringify(IDLE), capacity: 0, isFault: false },
  { what: "fewer people than none", load: JSON.stringify({ ...IDLE, peers: -5 }), isFault: true },
  { what: "a processor that is less than idle", load: JSON.stringify({ ...IDLE, cpu: [-1] }), isFault: true },
  { what: "not a number", load: JSON.stringify(IDLE).replace('"peers":0', '"peers":NaN'), isFault: true },
  {
    what: "more than there is",
    load: JSON.stringify(IDLE).replace('"peers":0', '"peers":1e999'),
    isFault: true,
  },
];

/** Most connections in one test: a node that violates the protocol is reconnected to after two seconds. */
const FEW_CALLS = 20;

/** Silence after which a node counts as lost here, ms: more than a busy machine causes. */
const NODE_SILENCE_MS = 10_000;

let backbone: Backbone;
let honest: MediaProcess;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  backbone = shared.use(await startBackbone("postgres"));
  honest = shared.use(await startMediaProcess({ NODE_ID: "fra", REGION: "fra", JURISDICTION: "de" }));
});
Deno.test.afterAll(() => shared.disposeAsync());

for (const { what, load, capacity, isFault } of LIES) {
  Deno.test(`[N4] a node that reports this load keeps no one from the others: ${what}`, async () => {
    await using stack = new AsyncDisposableStack();
    const liar = stack.use(await LyingNode.start("liar", load, { capacity }));
    const edge = stack.use(
      await startTestEdge({
        env: backbone.env,
        mediaNodes: [honest.url, liar.url],
        nodeSilenceMs: NODE_SILENCE_MS,
      }),
    );
    await until(() => Promise.resolve(liar.calls > 0), () => "nobody calls the node");
    const isThere = () => edge.logged.some((line) => line.includes("node.up") && line.includes('"fra"'));
    await until(() => Promise.resolve(isThere()), () => "the honest node does not answer");
    for (let n = 0; n < 3; n++) {
      const anna = new SignalClient(await createRoom(edge.origin));
      const { peer } = await anna.enter(edge.origin, {
        peer: makeOffer() as PeerOffer,
        rttByNode: { fra: 40, liar: 1 } as RttByNode,
      });
      assert.equal((peer as PeerAnswer).nodeId, "fra");
      await anna.close();
    }
    const hasComplained = () => edge.complaints.some((line) => line.includes("node.fault"));
    if (isFault) await until(() => Promise.resolve(hasComplained()), () => "the edge believes it");
    else assert.ok(!hasComplained());
    assert.ok(liar.calls < FEW_CALLS, `called ${liar.calls} times`);
  });
}

Deno.test("[N2] [K8] notices about a participant who is not welcomed yet, or about routes to others, reach them afterwards", async () => {
  await using stack = new AsyncDisposableStack();
  const transport = { iceParameters: {}, iceCandidates: [], dtlsParameters: {}, sctpParameters: {} };
  const trackId = crypto.randomUUID();
  const node = stack.use(
    await LyingNode.start("fra", JSON.stringify(IDLE), {
      reply({ type, id, roomId, peerId }) {
        const consumer = { consumerId: "c", trackId, kind: "video", streamId: "s", rtpParameters: {} };
        const opened = { type: "consumers.opened", roomId, peerId, path: "s", consumers: [consumer] };
        const interrupted = { type: "room.interrupted", roomId, nodeIds: ["ber"], trackIds: [trackId] };
        if (type === "peer.adopt") return [opened, { id, ok: null }];
        if (type !== "peer.open") return [{ id, ok: null }];
        const [send, recv] = [{ id: "s", ...transport }, { id: "r", ...transport }];
        return [{ id, ok: { nodeId: "fra", send, recv, consumers: [] } }, opened, interrupted];
      },
    }),
  );
  const edge = stack.use(await startTestEdge({ mediaNodes: [node.url], nodeSilenceMs: NODE_SILENCE_MS }));
  const anna = new SignalClient(await createRoom(edge.origin));
  await anna.enter(edge.origin, { peer: makeOffer() as PeerOffer });
  await anna.ask({ type: "participant.join", name: "Anna" });
  const rtpParameters = makeRtpParameters("camera") as JsonObject;
  const own = { trackId: newTrackId(), source: "camera", muted: false, rtpParameters } as const;
  assert.equal((await anna.ask({ type: "track.publish", ...own })).type, "track.published");
  anna.cut();
  const seen = anna.received.length;
  // A new hello, not a resume: their earlier tracks are dropped first, which takes the edge a moment.
  const { peer } = await anna.enter(edge.origin, { peer: makeOffer() as PeerOffer, since: undefined });
  assert.deepEqual((peer as PeerAnswer).consumers, []);
  const { consumers } = await anna.next("consumers.opened", seen);
  assert.equal(consumers[0]?.trackId, trackId);
  assert.deepEqual((await anna.next("media.interrupted", seen)).trackIds, [trackId]);
  await anna.close();
});

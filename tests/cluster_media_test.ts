import assert from "node:assert/strict";
import type { JsonObject, PeerOffer } from "@tafelrunde/protocol";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { startBackbone } from "./cluster_rig.ts";
import { startTestEdge } from "./edge_rig.ts";
import { startMediaProcess } from "./media_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const FINGERPRINT = Array.from({ length: 32 }, () => "AB").join(":") as PeerOffer["sendFingerprint"];

/** An offer of a client that will never connect; a node creates its transports all the same. */
const OFFER: PeerOffer = {
  capabilities: ROUTER_RTP_CAPABILITIES as unknown as JsonObject,
  sendFingerprint: FINGERPRINT,
  recvFingerprint: FINGERPRINT,
};

Deno.test("an edge that has just started takes over participants with their existing media transports", async () => {
  await using backbone = await startBackbone("postgres");
  await using firstNode = await startMediaProcess();
  await using secondNode = await startMediaProcess();
  const mediaNodes = [firstNode.url, secondNode.url];
  await using old = await startTestEdge({ env: backbone.env, mediaNodes });
  const nodeIds = new Set<string>();
  // The node of a room is practically random: repeat until both have been used.
  for (let n = 0; n < 3 || nodeIds.size < 2; n++) {
    const room = await createRoom(old.origin);
    const anna = new SignalClient(room);
    const { peer } = await anna.enter(old.origin, { peer: OFFER });
    assert.ok(typeof peer === "object" && peer !== null, "a node takes them");
    nodeIds.add(peer.nodeId);
    await anna.ask({ type: "participant.join", name: "Anna" });
    await anna.until(() => anna.state.seq > 0);
    // It knows no node yet: it has to wait for the one with their media, not choose another.
    await using fresh = await startTestEdge({ env: backbone.env, mediaNodes });
    assert.equal((await anna.enter(fresh.origin, { peer: "keep" })).peer, "kept");
    await anna.close();
  }
});

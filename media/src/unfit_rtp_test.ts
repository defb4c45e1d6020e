import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@tafelrunde/protocol";
import { MAX_FIRST_VIDEOS } from "@tafelrunde/protocol/media";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { readRtpCapabilities, readRtpParameters } from "@tafelrunde/protocol/rtp";
import { observer, ortc, type types } from "mediasoup";
import { logTo } from "@tafelrunde/protocol/process/log";
import { changed, seeded, SOME_CAPABILITIES, someParameters } from "./test_changes.ts";
import { startSite, TestRoom } from "./test_cluster.ts";
import { until, untilAsync } from "./test_edge.ts";
import { makeOffer, newRoomId, TestPerson } from "./test_person.ts";

const SEED = Number(process.env["SEED"] ?? 13);

/** Number of descriptions checked against the schemas. */
const DESCRIPTIONS = 10_000;

/** Number of requests sent to a node with real workers. */
const REQUESTS = 1_500;

const router = ROUTER_RTP_CAPABILITIES as unknown as types.RtpCapabilities;

/** Process ids of all workers of this test. */
const pids: number[] = [];
observer.on("newworker", (worker) => pids.push(worker.pid));

/**
 * The exception that mediasoup throws for a track on its way to a producer; undefined: none, or the codec is
 * unknown.
 */
function producing(kind: "audio" | "video", given: types.RtpParameters): string | undefined {
  try {
    ortc.validateAndNormalizeRtpParameters(given);
    const mapping = ortc.getProducerRtpParametersMapping(given, router);
    ortc.getConsumableRtpParameters(kind, given, router, mapping);
    return undefined;
  } catch (error) {
    return (error as Error).name === "UnsupportedError" ? undefined : String(error);
  }
}

/** Tracks of each codec that a node has, as it offers them. */
const CONSUMABLE = ["audio/opus", "video/VP8", "video/H264"].map((mimeType) => {
  const { kind, preferredPayloadType: payloadType, rtcpFeedback: _all, ...codec } = ROUTER_RTP_CAPABILITIES
    .codecs
    .find((codec) => codec.mimeType === mimeType)!;
  const params = {
    mid: "0",
    codecs: [{ ...codec, payloadType }],
    encodings: [{ ssrc: 1_000 }],
  } as unknown as types.RtpParameters;
  ortc.validateAndNormalizeRtpParameters(params);
  const mapping = ortc.getProducerRtpParametersMapping(params, router);
  return { kind, params: ortc.getConsumableRtpParameters(kind, params, router, mapping) };
});

/** The exception that mediasoup throws for a receiving client; undefined: none. */
function consuming(given: types.RtpCapabilities): string | undefined {
  try {
    ortc.validateAndNormalizeRtpCapabilities(given);
    for (const { kind, params } of CONSUMABLE) {
      if (!ortc.canConsume(params, given)) continue;
      ortc.getConsumerRtpParameters({
        consumableRtpParameters: params,
        remoteRtpCapabilities: given,
        pipe: false,
        enableRtx: kind === "video",
      });
    }
    return undefined;
  } catch (error) {
    return String(error);
  }
}

test("every mutated description that the schemas accept also passes mediasoup's own checks", () => {
  const below = seeded(SEED);
  const wrong: string[] = [];
  let letIn = 0;
  for (let n = 0; n < DESCRIPTIONS; n++) {
    const { source, given } = someParameters(below);
    const parameters = changed(below, given);
    const track = readRtpParameters(parameters as JsonObject);
    const kind = source === "camera" ? "video" : "audio";
    const capabilities = changed(below, SOME_CAPABILITIES);
    const offer = readRtpCapabilities(capabilities as JsonObject);
    letIn += Number(track !== undefined) + Number(offer !== undefined);
    const thrown = [
      track && producing(kind, structuredClone(track) as types.RtpParameters),
      offer && consuming(structuredClone(offer) as types.RtpCapabilities),
    ];
    if (thrown[0] !== undefined) wrong.push(`${thrown[0]}: ${JSON.stringify(parameters)}`);
    if (thrown[1] !== undefined) wrong.push(`${thrown[1]}: ${JSON.stringify(capabilities)}`);
  }
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} were let in and thrown of; seed ${SEED}`);
  assert.ok(letIn > DESCRIPTIONS / 4, `only ${letIn} were let in`);
});

test("no offer or track that makes mediasoup throw becomes an error of ours, here or on the next node, or kills a worker", async () => {
  const lines: string[] = [];
  const log = logTo((level, event, fields) => {
    if (level === "error" || event === "pipe.failed" || event === "track.unsendable") {
      lines.push(`${event} ${JSON.stringify(fields)} ${(fields["error"] as Error)?.stack}`);
    }
  });
  const variables = { WORKER_CONSUMERS: "100000" };
  await using here = await startSite("fra", variables, undefined, undefined, log);
  await using there = await startSite("ber", variables, undefined, undefined, log);
  const workers = pids.length;
  const below = seeded(SEED);
  const publish = async (person: TestPerson, isChanged: boolean) => {
    const { source, given } = someParameters(below);
    const trackId: string = crypto.randomUUID();
    const answer = await here.edge.ask("track.publish", {
      ...person.ids,
      trackId,
      source,
      muted: false,
      rtpParameters: isChanged ? changed(below, given) : given,
    });
    return "refused" in answer ? answer.refused : trackId;
  };
  const answers = new Map<string, number>();
  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1);
  for (let n = 0; n < REQUESTS; n += 20) {
    const room = new TestRoom(newRoomId());
    await room.put(here, there);
    const mallory = await room.enter(here);
    const neighbour = await room.enter(there);
    for (let track = 0; track < 3; track++) await publish(mallory, false);
    const trackIds: string[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      const viewer = new TestPerson(attempt % 2 === 0 ? here.edge : there.edge, room.id);
      viewer.placement = room.placement;
      viewer.offer = { ...makeOffer(), capabilities: changed(below, SOME_CAPABILITIES) };
      count(
        await viewer.open({ videos: MAX_FIRST_VIDEOS }).then(() => "opened", (error: Error) => error.message),
      );
      const published = await publish(mallory, true);
      const isTaken = published.length === 36;
      count(isTaken ? "published" : published);
      if (isTaken) trackIds.push(published);
    }
    await neighbour.show(...trackIds.map((trackId): [string, number] => [trackId, 90]));
    const sent = () => there.running.node.rooms.get(room.id)!.peers.get(neighbour.peerId)!.subscriptions;
    await until("what was taken here, there", () => sent() === trackIds.length);
    for (const { edge, running } of [here, there]) {
      for (const peerId of [...running.node.rooms.get(room.id)?.peers.keys() ?? []]) {
        await edge.must("peer.close", { roomId: room.id, peerId });
      }
    }
  }
  assert.deepEqual(lines.slice(0, 5), [], `${lines.length} errors, seed ${SEED}`);
  assert.equal(pids.length, workers, "no worker was replaced");
  const known = ["opened", "published", "peer.open: offer.invalid", "track.invalid", "request.malformed"];
  assert.deepEqual([...answers.keys()].filter((answer) => !known.includes(answer)), [], `seed ${SEED}`);
  for (const answer of ["opened", "published", "track.invalid"]) assert.ok(answers.get(answer)! > 20, answer);
  await untilAsync(() => "workers that are well", () => here.running.pool.isHealthy());
});

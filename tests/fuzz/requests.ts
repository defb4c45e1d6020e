import { base32, parse, ProtocolFault, randomToken } from "@tafelrunde/protocol";
import { cascadeRequests } from "@tafelrunde/protocol/cascade";
import { CHANNEL_VERSIONS, controlProof, mediaRequests, type NodeProfile } from "@tafelrunde/protocol/media";
import { CLOSE } from "@tafelrunde/protocol";
import { CLUSTER_KEY } from "../edge_rig.ts";
import { Caller } from "./caller.ts";
import type { Recorded } from "../../tools/fuzz/corpus.ts";
import { profileOf } from "./false_node.ts";
import type { Frame } from "./mutate.ts";
import { type Plan, Story } from "./plan.ts";

/** Concurrent connections, and frames on each before the next. */
const AT_ONCE = 6;
const FRAMES_EACH = 12;

export const idOf = (random: Plan["random"], length: number) =>
  base32(Uint8Array.from({ length }, () => random.below(256))).slice(0, length);

/** Connects to a node as a client that holds the cluster key. */
export async function connect(url: string, node: NodeProfile | undefined, edgeId: string): Promise<Caller> {
  const caller = await Caller.open(url, new Story());
  await caller.until("a challenge", () => caller.heard.length > 0);
  const { nodeId, nonce } = JSON.parse(caller.heard[0]!);
  const fromNonce = randomToken();
  const ids = { fromId: node?.address.nodeId ?? edgeId, nodeId, fromNonce, nodeNonce: nonce };
  const proof = await controlProof(CLUSTER_KEY, node === undefined ? "edge" : "peer node", ids);
  caller.say(
    node === undefined
      ? { type: "auth", versions: CHANNEL_VERSIONS, edgeId, nonce: fromNonce, proof }
      : { type: "auth.node", versions: CHANNEL_VERSIONS, node, nonce: fromNonce, proof },
  );
  await caller.until("a ready", () => caller.heard.length > 1);
  return caller;
}

/**
 * Sends frames to the control port of a node at `url`, as an edge or as another node. Rejects with a Finding.
 */
export async function fuzzRequests(url: string, side: "edge" | "peer node", plan: Plan): Promise<void> {
  const { random, corpus } = plan;
  const from = side === "edge" ? corpus.request : corpus.cascadeRequest;
  const schemas = side === "edge" ? mediaRequests : cascadeRequests;
  const rooms = ["aaaa-bbbb-cccc", "dddd-eeee-ffff"];
  const peers = Array.from({ length: 5 }, () => idOf(random, 26));
  const tracks = Array.from({ length: 6 }, () => crypto.randomUUID());
  const pipes = Array.from({ length: 4 }, () => crypto.randomUUID());
  let lastId = 0;
  const real = {
    id: () => ++lastId,
    roomId: () => random.pick(rooms),
    peerId: () => random.pick(peers),
    trackId: () => random.pick(tracks),
    pipeId: () => random.pick(pipes),
    port: () => 40_000 + random.below(1_000),
    ip: () => "127.0.0.1",
    beside: () => null,
    sendId: () => null,
  };
  const named = (type: string): Recorded[] => from.filter(({ of }) => of === type);
  /** The request in a frame; undefined: it is none. */
  const requestIn = (frame: Frame) => {
    if (typeof frame !== "string") return undefined;
    try {
      return parse(schemas, frame) as { id: number; type: string };
    } catch (error) {
      if (error instanceof ProtocolFault) return undefined;
      throw error;
    }
  };
  await plan.run(AT_ONCE, async () => {
    const edgeId = idOf(random, 16);
    const caller = await connect(
      url,
      side === "edge" ? undefined : profileOf(`n${random.below(9)}`, ""),
      edgeId,
    );
    const send = async (frame: Frame) => {
      const request = requestIn(frame);
      // A draining node would no longer be a target.
      if (request?.type === "node.drain") return;
      const before = caller.heard.length;
      const isAnswered = (id: number) =>
        caller.heard.slice(before).some((text) => text.startsWith(`{"id":${id},`));
      await plan.count();
      caller.send(frame);
      // A malformed request can be dropped; the one after it is answered.
      const probe = ++lastId;
      const { roomId, peerId } = { roomId: real.roomId(), peerId: "z".repeat(26) };
      caller.say(
        side === "edge"
          ? { id: probe, type: "peer.release", roomId, peerId }
          : { id: probe, type: "pipe.check", pipeId: crypto.randomUUID() },
      );
      await caller.until("an answer to what came behind it", () => isAnswered(probe));
      if (request !== undefined) {
        await caller.until(`an answer to ${request.id}`, () => isAnswered(request.id));
      }
      if (caller.closedWith === CLOSE.internal.code) {
        throw caller.story.found("the node closed with 1011, its own fault");
      }
    };
    for (const type of side === "edge" ? ["peer.open", "peer.start"] : ["room.follow"]) {
      if (!caller.isClosed) await send(JSON.stringify(plan.adapted(random.pick(named(type)).message, real)));
    }
    for (let n = 0; n < FRAMES_EACH && !caller.isClosed; n++) await send(plan.frame(from, real));
    caller.end();
  });
}

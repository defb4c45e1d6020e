import type { EdgeId } from "@tafelrunde/protocol";
import {
  MAX_CONTROL_BYTES,
  mediaAnswer,
  type MediaAnswers,
  mediaAnswers,
  type MediaNotice,
  mediaNotices,
  type MediaRefusal,
  type MediaRequest,
  type MediaRequestOf,
} from "@tafelrunde/protocol/media";
import type { Log } from "@tafelrunde/protocol/process/log";
import {
  type ChannelEvents,
  type ChannelOutcome,
  type Patience,
  RequestChannel,
} from "@tafelrunde/protocol/process/request_channel";
import { WebSocket } from "ws";

/** A request without its id. */
export type MediaAsk<Type extends keyof MediaAnswers> = Omit<MediaRequestOf<Type>, "id">;

/** The outcome of a request. */
export type MediaOutcome<Type extends keyof MediaAnswers> = ChannelOutcome<MediaAnswers[Type], MediaRefusal>;

/** A node reports its load every second, so a short silence is noticed. */
const PATIENCE: Patience = { pingMs: 400, pongMs: 800 };

/** Longest silence before a connection is replaced, ms. */
export const QUIET_MS = PATIENCE.pingMs + PATIENCE.pongMs;

/** The control connection of an edge to one media node: requests outlive an interruption. */
export type NodeConnection = RequestChannel<MediaRequest, MediaAnswers, MediaRefusal, MediaNotice>;

/** Connects to the node at `url`. */
export function connectToNode(
  url: string,
  { clusterKeys, edgeId, log, events }: {
    readonly clusterKeys: readonly string[];
    readonly edgeId: EdgeId;
    readonly log: Log;
    readonly events: ChannelEvents<MediaNotice>;
  },
): NodeConnection {
  return new RequestChannel({
    // Not Deno's own WebSocket: it sends the head of a large frame separately, and the rest waits 40 ms for
    // its delayed acknowledgement (RFC 896, 1122).
    connect: () => new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_CONTROL_BYTES }),
    self: { edgeId },
    clusterKeys,
    answer: mediaAnswer,
    answers: mediaAnswers,
    notices: mediaNotices,
    vitalNotice: "load",
    repeats: true,
    patience: PATIENCE,
    log: log.with({ node: url }),
    events,
  });
}

import type { NodeId } from "@tafelrunde/protocol";
import {
  cascadeAnswer,
  type CascadeAnswers,
  cascadeAnswers,
  type CascadeNotice,
  cascadeNotices,
  type CascadeRefusal,
  type CascadeRequest,
  type CascadeRequestOf,
} from "@tafelrunde/protocol/cascade";
import { MAX_CONTROL_BYTES, type NodeProfile } from "@tafelrunde/protocol/media";
import { attend } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import {
  type LocalRefusal,
  type Patience,
  RequestChannel,
} from "@tafelrunde/protocol/process/request_channel";
import { WebSocket } from "ws";
import { logSparsely } from "./channel.ts";

/** An unreachable node is noticed after about 2 s. */
const PATIENCE: Patience = { pingMs: 1_000, pongMs: 1_000 };

/** Why another node did not carry out a request. "unreachable": it is disconnected or does not respond. */
export class LinkRefusal extends Error {
  override readonly name = "LinkRefusal";
  readonly refused: CascadeRefusal | LocalRefusal;

  constructor(refused: CascadeRefusal | LocalRefusal) {
    super(refused);
    this.refused = refused;
  }
}

export interface LinkEvents {
  /** The node is connected (again); `profile` tells whether it is still the same run. */
  up(profile: NodeProfile): void;
  down(): void;
  notice(notice: CascadeNotice): void;
}

export interface LinkOptions {
  readonly url: string;
  readonly nodeId: NodeId;
  /** This node's own profile. */
  readonly profile: NodeProfile;
  readonly clusterKeys: readonly string[];
  /** Certificate authorities (PEM); undefined: the ones Node trusts. */
  readonly ca: string | undefined;
  readonly log: Log;
  readonly events: LinkEvents;
}

/**
 * The connection to another node whose tracks this one wants. Reconnects by itself; requests without a
 * response are refused, and their callers retry.
 */
export class NodeLink implements Disposable {
  readonly #channel: RequestChannel<CascadeRequest, CascadeAnswers, CascadeRefusal, CascadeNotice>;
  readonly #log: Log;

  constructor({ url, nodeId, profile, clusterKeys, ca, log, events }: LinkOptions) {
    this.#log = log.with({ node: nodeId });
    const meets = (met: NodeId) => {
      if (met !== nodeId) logSparsely(this.#log, "node.other", { met });
      return met === nodeId;
    };
    this.#channel = new RequestChannel({
      connect: () =>
        new WebSocket(url, {
          perMessageDeflate: false,
          maxPayload: MAX_CONTROL_BYTES,
          ...(ca === undefined ? {} : { ca }),
        }),
      self: { node: profile },
      clusterKeys,
      answer: cascadeAnswer,
      answers: cascadeAnswers,
      notices: cascadeNotices,
      repeats: false,
      patience: PATIENCE,
      log: this.#log,
      events: {
        meets,
        notice: (notice) => events.notice(notice),
        proved: (profile) => events.up(profile),
        up() {},
        down: () => events.down(),
        refused() {},
      },
    });
  }

  get isUp(): boolean {
    return this.#channel.isUp;
  }

  /** Sends a request. Rejects with LinkRefusal. */
  async ask<Type extends keyof CascadeAnswers>(
    request: Omit<CascadeRequestOf<Type>, "id">,
  ): Promise<CascadeAnswers[Type]> {
    const outcome = await this.#channel.ask<Type>(request);
    if ("refused" in outcome) throw new LinkRefusal(outcome.refused);
    return outcome.ok;
  }

  /** Sends a request that is pointless after a reconnection. */
  notify<Type extends keyof CascadeAnswers>(request: Omit<CascadeRequestOf<Type>, "id">): void {
    this.ask<Type>(request).catch(() => {/* the node forgets it with the connection, or is told again */});
  }

  [Symbol.dispose](): void {
    attend(this.#log, "channel", this.#channel[Symbol.asyncDispose]());
  }
}

import type { Backoff } from "@tafelrunde/protocol";
import * as v from "valibot";

/** What is sent. */
export interface Parcel<Body> {
  /** Stays the same at every try: the receiver can drop what it has already. */
  readonly id: string;
  /** What of its kind it is. */
  readonly variant: string;
  readonly body: Body;
}

/** What became of a try. */
export type Delivery =
  /** The receiver has it. */
  | { readonly kind: "sent" }
  /** A limit of the receiver is reached for now; this was no try. */
  | { readonly kind: "held"; readonly waitMs: number }
  /** The receiver does not want it. */
  | { readonly kind: "unwanted" }
  /** It might come from another version of this program, whose edges can read it. */
  | { readonly kind: "unreadable" };

/** A receiver did not accept something. */
export class NotDelivered extends Error {
  override readonly name = "NotDelivered";
  /** It will never: retrying is useless. */
  readonly isFinal: boolean;
  /** What happened, safe for logs: codes, nothing that names people. */
  readonly reason: string;

  constructor(isFinal: boolean, reason: string) {
    super(reason);
    this.isFinal = isFinal;
    this.reason = reason;
  }
}

/** How one kind of thing is sent to other systems. */
export interface OutboxKind extends AsyncDisposable {
  readonly name: string;
  /** Most tries at once on one edge, and most of them for one share. */
  readonly places: number;
  readonly placesPerShare: number;
  /** Longest duration of a try, ms. */
  readonly tryMs: number;
  /** Delays between tries, and how long they go on, ms. */
  readonly backoff: Backoff;
  readonly giveUpMs: number;
  /**
   * Sends it, once or again: an edge that is killed before it has noted the success sends it once more, with
   * the same id. Throws NotDelivered; any other error is our fault, and it is tried again.
   */
  send(parcel: Parcel<unknown>, signal: AbortSignal): Promise<Delivery>;
}

/** A kind whose rows hold a `Body`: what they hold is parsed before it is sent. */
export function outboxKind<Body>(
  { body: schema, send, ...kind }: Omit<OutboxKind, "send"> & {
    readonly body: v.GenericSchema<unknown, Body>;
    readonly send: (parcel: Parcel<Body>, signal: AbortSignal) => Promise<Delivery>;
  },
): OutboxKind {
  return {
    ...kind,
    async send({ body, ...parcel }, signal) {
      const { success, output } = v.safeParse(schema, body);
      return success ? await send({ ...parcel, body: output }, signal) : { kind: "unreadable" };
    },
  };
}

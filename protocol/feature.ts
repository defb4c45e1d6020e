/**
 * The contract of a feature: something of a room beyond admission and media. A feature has its state here,
 * its decisions in edge/features/, and its interface in web/src/features/, all under its name. No valibot:
 * pages load this.
 */
import type * as v from "valibot";
import type { EventAudience, Reader } from "./audience.ts";
import type { CoreEvent } from "./core_messages.ts";
import type { RightRule } from "./core_rights.ts";
import type { ParticipantId } from "./ids.ts";
import type { Draft } from "./message.ts";
import type { Participant, Participants } from "./participant.ts";

type Schemas = Readonly<Record<string, v.GenericSchema>>;

/** A feature's schemas; the types of its messages begin with its name ("hand.raise"). */
export interface FeatureMessages {
  /** Decided against the room's state, stored as events, acknowledged. */
  readonly commands: Schemas;
  readonly events: Schemas;
  /** Other messages of clients: neither stored nor acknowledged. */
  readonly up: Schemas;
  /** Other messages of edges: answers to those, or shown for a moment. */
  readonly down: Schemas;
  /** The room's settings that belong to the feature. */
  readonly settings: v.ObjectEntries;
  /** Schemas of its REST routes, by their names in the description ("PollResult"). */
  readonly rest: Schemas;
}

type OutputOf<All extends Schemas> = v.InferOutput<All[keyof All]>;

/** The feature's commands, or the one of a type. */
export type CommandOf<M extends FeatureMessages, Type = unknown> = Extract<
  OutputOf<M["commands"]>,
  { readonly type: Type }
>;

/** The feature's events, or the one of a type. */
export type EventOf<M extends FeatureMessages, Type = unknown> = Extract<
  OutputOf<M["events"]>,
  { readonly type: Type }
>;

/** The state of a feature: what both edges and pages know of it. */
export interface FeatureState<
  M extends FeatureMessages,
  Slice,
  Rights extends Readonly<Record<string, RightRule>> = Readonly<Record<string, RightRule>>,
  Refusals extends readonly string[] = readonly string[],
> {
  /** The first protocol version that knows the feature. */
  readonly since: number;
  /**
   * "room": one slice for the whole room, for everyone in it. "space": one slice for each space, also for the
   * main room; its events go to the people in that space, and to moderators.
   */
  readonly scope: "room" | "space";
  /** The feature's part of a room's state, before the first event, or of a new space. */
  readonly empty: Slice;
  /** Its rows in the table of rights. */
  readonly rights: Rights;
  /** The right that each command needs; null: everyone in the room may use it. `self`: who sends it. */
  readonly needs: {
    readonly [Type in keyof M["commands"]]: (
      command: Omit<v.InferOutput<M["commands"][Type]>, "id">,
      self: ParticipantId,
    ) => (keyof Rights & string) | null;
  };
  /** Its refusal codes, besides those of its rights. */
  readonly refusals: Refusals;
  /** Defaults of its settings. */
  readonly settings?: { readonly [Name in keyof M["settings"]]: v.InferOutput<M["settings"][Name]> };
  /** The slice after each of its events. Pure; unchanged parts are shared. */
  readonly evolve: {
    readonly [Type in keyof M["events"]]: (slice: Slice, event: v.InferOutput<M["events"][Type]>) => Slice;
  };
  /** The slice after events of the core. `participants`: those before the event. */
  readonly on?: {
    readonly [Type in CoreEvent["type"]]?: (
      slice: Slice,
      event: Extract<CoreEvent, { readonly type: Type }>,
      participants: Participants,
    ) => Slice;
  };
  /** The event that one's own pending command will probably be; undefined: wait for the edge. */
  readonly predict?: {
    readonly [Type in keyof M["commands"]]?: (
      slice: Slice,
      command: v.InferOutput<M["commands"][Type]>,
      self: Participant,
      participants: Participants,
    ) => Draft<EventOf<M>> | undefined;
  };
  /** Who receives an event, by the slice before it; default: everyone. Others get `skipped`. */
  readonly audience?: {
    readonly [Type in keyof M["events"]]?: (
      slice: Slice,
      event: v.InferOutput<M["events"][Type]>,
    ) => EventAudience;
  };
  /**
   * The slice as `reader` may see it; default: all of it. Always goes with `audience`:
   * `visible(evolve(s, e)) = evolve(visible(s), e or skipped)`. Returns `slice` itself where everything is
   * visible, so that snapshots are made once.
   */
  readonly visible?: (slice: Slice, reader: Reader) => Slice;
}

/**
 * Checks a feature's state against its messages: a forgotten command or event does not compile.
 *
 * @example `export const hand = featureState<typeof messages, Hands>()({ since: 3, … })`
 */
// @__NO_SIDE_EFFECTS__
export function featureState<M extends FeatureMessages, Slice>() {
  return <
    const Rights extends Readonly<Record<string, RightRule>>,
    const Refusals extends readonly string[],
  >(state: FeatureState<M, Slice, Rights, Refusals>): FeatureState<M, Slice, Rights, Refusals> => state;
}

/** The values of all features' records of one kind, in one record. */
export type MergedOf<Records> = (Records extends unknown ? (record: Records) => void : never) extends
  (record: infer All) => void ? All : never;

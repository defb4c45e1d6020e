/**
 * The contract of a feature on the edge: what its commands do, when something happens by itself, what it
 * costs, and its REST routes. The state, with rights and visibility, is in protocol/features/.
 */
import type {
  Event,
  FeatureDown,
  FeatureName,
  featureSchemas,
  ParticipantId,
  PersonId,
  Right,
  RoomId,
  RoomState,
  SliceOf,
  SpaceId,
} from "@tafelrunde/protocol";
import type { GenericSchema, InferOutput } from "valibot";
import type { TenantCaller } from "./identity/caller.ts";
import type { Limit } from "./limit_table.ts";
import type { Decision, EventDraft } from "./rooms/decision.ts";
import type { Retention } from "./retention_row.ts";
import type { Route } from "./route.ts";
import type { Db } from "./store/schema.ts";

export type { Decision, EventDraft } from "./rooms/decision.ts";

type Schemas<N extends FeatureName> = (typeof featureSchemas)[N];

type OutputOf<All, Type extends keyof All> = All[Type] extends GenericSchema ? InferOutput<All[Type]> : never;

/** What a repeated command adds to the log each time: people's text, another action, or nothing. */
export type Adds = "text" | "write" | "nothing";

/** What a decision is based on. */
export interface Situation<N extends FeatureName> {
  /** Of the sender's space, if that is the feature's scope. */
  readonly slice: SliceOf<N>;
  readonly state: RoomState;
  /** The participant who sends the command. */
  readonly self: ParticipantId;
  /** The person behind them, who might have other devices in the room. */
  readonly person: PersonId;
  /** The time of the decision, ms. */
  readonly at: number;
  /** The event that the command refers to (`refersTo`); null: there is none. */
  readonly logged: Event | null;
  /** Whether the participant has a right. */
  may(right: Right): boolean;
}

/** What a command does. */
export interface CommandRule<N extends FeatureName, C> {
  /**
   * Commands that end or remove something add nothing, because something else has to begin it first; they are
   * never refused for storage.
   */
  readonly adds: Adds | ((command: C) => Adds);
  /** Takes a point of its room although it adds nothing. */
  readonly takesPoint?: true;
  /** The seq of an event that the decision needs and the slice might not have; null: not needed. */
  readonly refersTo?: (command: C, slice: SliceOf<N>) => number | null;
  /** Pure. No events: there is nothing to change. */
  readonly decide: (command: C, situation: Situation<N>) => Decision;
}

/** What is removed from an event of the log: `body` replaces those fields, if the event has this type. */
export interface Erasure {
  readonly seq: number;
  readonly type: Event["type"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A message that is shown once to everyone in the room (or the sender's space, if that is the feature's
 * scope), on all edges, and not stored. There is no answer. */
export interface Moment<M, LimitName extends string> {
  readonly right: Right;
  /** Limits of one browser and of the room, from `limits`. */
  readonly perBrowser: LimitName;
  readonly perRoom: LimitName;
  readonly show: (message: M, self: ParticipantId) => FeatureDown;
}

/** A question of a participant; costs as much as a command. */
export interface Question<M> {
  /** `space`: where the participant is; null: the main room. */
  readonly answer: (
    message: M,
    room: { readonly db: Db; readonly roomId: RoomId; readonly space: SpaceId | null },
  ) => Promise<FeatureDown>;
}

/** What a feature's routes ask of their edge. */
export interface RoomsOfRoutes {
  /** The state of a room that the caller leads. Throws 404 without any access to it, 403 with too little. */
  stateFor(caller: TenantCaller, room: RoomId): Promise<RoomState>;
}

/** A feature on the edge. A forgotten command or message does not compile. */
export interface EdgeFeature<N extends FeatureName, LimitName extends string = string> {
  readonly commands: {
    readonly [Type in keyof Schemas<N>["commands"]]: CommandRule<
      N,
      Omit<OutputOf<Schemas<N>["commands"], Type>, "id">
    >;
  };
  readonly up: {
    readonly [Type in keyof Schemas<N>["up"]]:
      | Moment<OutputOf<Schemas<N>["up"], Type>, LimitName>
      | Question<OutputOf<Schemas<N>["up"], Type>>;
  };
  /** Events that remove something from earlier events, so that later readers of the log do not get it. */
  readonly erases?: {
    readonly [Type in keyof Schemas<N>["events"]]?: (event: OutputOf<Schemas<N>["events"], Type>) => Erasure;
  };
  /** When something happens by itself next, ms; null: nothing will. Every edge with the room tends it. */
  readonly due?: (slice: SliceOf<N>) => number | null;
  /** What happens at `at`: the events of everything that was due by then. Pure; repeated, it returns none. */
  readonly onDue?: (slice: SliceOf<N>, at: number) => readonly EventDraft[];
  /** What it keeps of people: its rows in the table of docs/privacy.md. */
  readonly retention: readonly Retention[];
  /** Its REST routes. */
  readonly routes?: (rooms: RoomsOfRoutes) => readonly Route[];
  /** Its rows in the table of limits. */
  readonly limits?: Readonly<Record<LimitName, Limit>>;
}

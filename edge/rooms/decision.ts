import type {
  Command,
  CommandId,
  CoreCommand,
  Draft,
  EdgeId,
  Event,
  FeatureCommand,
  ParticipantId,
  PersonId,
  Refusal,
  Role,
  RoomSettings,
  SpaceId,
  TokenId,
  TokenKind,
  TrackId,
} from "@tafelrunde/protocol";

/**
 * An event before it has its place in the log. `actor: null`: it must not name who sent the command; by
 * default it does. `space`: the space that it concerns; absent: the main room, or the whole room.
 */
export type EventDraft = Draft<Event> & { readonly actor?: null; readonly space?: SpaceId };

/** The result of a command: its events (none: nothing to change), or a refusal. */
export type Decision = readonly EventDraft[] | Refusal;

/** Identity and role of someone who wants to enter, as found out by the edge. */
export interface Entrant {
  /** From account, link or membership in the tenant; a role given in this meeting overrides it. */
  readonly role: Role;
  readonly isGuest: boolean;
  readonly persons: readonly PersonId[];
  /** Absent: a person. */
  readonly kind?: TokenKind | undefined;
  /** The token that another kind came by. */
  readonly token?: TokenId | undefined;
}

/** Joins, or starts waiting. */
export interface JoinCommand extends Entrant {
  readonly type: "participant.join";
  readonly name: string;
  /** The person's other devices leave. */
  readonly replaces?: boolean | undefined;
}

/** A command without its id, which is passed beside it. */
export type CommandDraft<C extends Command> = C extends Command ? Omit<C, "id"> : never;

/**
 * A client's command as the room decides it: the password is already checked, and the media node has the RTP
 * parameters.
 */
export type ClientCommand =
  | JoinCommand
  | CommandDraft<Exclude<CoreCommand, { type: "participant.join" | "track.publish" }>>
  | Omit<Extract<CoreCommand, { type: "track.publish" }>, "id" | "rtpParameters">
  | FeatureDecided;

/** A feature's command. `logged`: the event that it refers to, if the state did not have it; null: none. */
export type FeatureDecided = CommandDraft<FeatureCommand> & { readonly logged?: Event | null };

/** A client's command of one type. */
export type ClientCommandOf<Type extends ClientCommand["type"]> = Extract<ClientCommand, { type: Type }>;

/** A command of the system itself. Decided like a client's, so two edges can submit the same one at once. */
export type SystemCommand =
  /** The client is connected again, on a socket of this edge. */
  | { readonly type: "participant.resume"; readonly participantId: ParticipantId }
  /** The socket that `edgeId` held is gone. */
  | { readonly type: "participant.lose"; readonly participantId: ParticipantId; readonly edgeId: EdgeId }
  /** The resume window of an absence that began at `presenceAt` is over. */
  | {
    readonly type: "participant.expire";
    readonly participantId: ParticipantId;
    readonly presenceAt: number;
  }
  /** The media nodes have confirmed that a removed participant has no media there. */
  | { readonly type: "participant.closed"; readonly participantId: ParticipantId }
  /** The participant's media transport was closed, and with it all their tracks. */
  | { readonly type: "track.dropAll"; readonly participantId: ParticipantId }
  /** The media node has confirmed that a track is muted or ended, as a moderator or the settings demand. */
  | { readonly type: "track.stopped"; readonly trackId: TrackId }
  /** The time has come for something in a feature. */
  | { readonly type: "feature.due" }
  /** The stored role of an account in this room. */
  | { readonly type: "role.sync"; readonly person: PersonId; readonly role: Role }
  /** The name and settings stored in the room's row. */
  | { readonly type: "room.sync"; readonly name: string; readonly settings: RoomSettings };

export type RoomCommand = ClientCommand | SystemCommand;

/** Who submits a command, as the connection knows it; null: the system. Never taken from the message. */
export interface Asker {
  readonly participantId: ParticipantId | null;
  readonly commandId: CommandId | null;
  /** The edge that decides. */
  readonly edgeId: EdgeId;
}

/** The sender of a command that only participants may submit. */
export interface ParticipantAsker extends Asker {
  readonly participantId: ParticipantId;
}

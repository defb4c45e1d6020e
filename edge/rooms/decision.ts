import type {
  Command,
  CommandId,
  Draft,
  EdgeId,
  Event,
  ParticipantId,
  PersonId,
  Refusal,
  Role,
  RoomSettings,
  TrackId,
} from "@tafelrunde/protocol";

/** An event without its place in the log. */
export type EventDraft = Draft<Event>;

/** What a command comes to: the events it makes (none: it asked for what is so already), or why not. */
export type Decision = readonly EventDraft[] | Refusal;

/** Who wants to come in, as the edge found out. */
export interface Entrant {
  /** By account, link or house; what the meeting made of them comes on top. */
  readonly role: Role;
  readonly isGuest: boolean;
  readonly persons: readonly PersonId[];
}

/** Enters, or begins to wait. */
export interface JoinCommand extends Entrant {
  readonly type: "participant.join";
  readonly name: string;
}

/** Takes a message of the chat away. */
export interface DeleteCommand extends Asked<Extract<Command, { type: "chat.delete" }>> {
  /** What was known of it when it was asked: the state may not carry it any more; null: there is none. */
  readonly logged: { readonly from: ParticipantId; readonly isDeleted: boolean } | null;
}

/** A command as it is asked: its id goes beside it. */
export type Asked<C extends Command> = C extends Command ? Omit<C, "id"> : never;

/** What a client may ask, as the room decides it: the password is checked, and the media node has the RTP parameters. */
export type ClientCommand =
  | JoinCommand
  | DeleteCommand
  | Asked<Exclude<Command, { type: "participant.join" | "track.publish" | "chat.delete" }>>
  | Omit<Extract<Command, { type: "track.publish" }>, "id" | "rtpParameters">;

/** A client's command of one type. */
export type ClientCommandOf<Type extends ClientCommand["type"]> = Extract<ClientCommand, { type: Type }>;

/** What the system itself asks; decided like a command, so that two edges may ask the same at once. */
export type SystemCommand =
  /** The client is back on a socket of this edge. */
  | { readonly type: "participant.resume"; readonly participantId: ParticipantId }
  /** The socket that `edgeId` held is gone. */
  | { readonly type: "participant.lose"; readonly participantId: ParticipantId; readonly edgeId: EdgeId }
  /** The resume window of an absence that began at `presenceAt` has passed. */
  | {
    readonly type: "participant.expire";
    readonly participantId: ParticipantId;
    readonly presenceAt: number;
  }
  /** The media nodes have confirmed that somebody who was removed has no media there. */
  | { readonly type: "participant.closed"; readonly participantId: ParticipantId }
  /** The media path of the participant ended, and with it all their tracks. */
  | { readonly type: "track.dropAll"; readonly participantId: ParticipantId }
  /** The media node has confirmed that a track is muted or ended, as a moderator or the rules want it. */
  | { readonly type: "track.stopped"; readonly trackId: TrackId }
  /** So somebody's role in the room is at rest, by their account. */
  | { readonly type: "role.sync"; readonly person: PersonId; readonly role: Role }
  /** So the room is at rest, in its row. */
  | { readonly type: "room.sync"; readonly name: string; readonly settings: RoomSettings };

export type RoomCommand = ClientCommand | SystemCommand;

/** Who asks, as the connection knows it; null: the system. Never taken from the message. */
export interface Asker {
  readonly participantId: ParticipantId | null;
  readonly commandId: CommandId | null;
  /** The edge that decides. */
  readonly edgeId: EdgeId;
}

/** Who asks a command that only a participant may. */
export interface ParticipantAsker extends Asker {
  readonly participantId: ParticipantId;
}

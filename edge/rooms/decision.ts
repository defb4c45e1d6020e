import type { CommandId, Draft, EdgeId, Event, ParticipantId, Refusal, UpOf } from "@tafelrunde/protocol";

/** An event without its place in the log. */
export type EventDraft = Draft<Event>;

/** What a command comes to: the events it makes (none: it asked for what is so already), or why not. */
export type Decision = readonly EventDraft[] | Refusal;

/** What a client may ask, as the room decides it: the media node has the RTP parameters already. */
export type ClientCommand =
  | Omit<UpOf<"participant.join">, "id">
  | Omit<UpOf<"participant.leave">, "id">
  | Omit<UpOf<"hand.raise">, "id">
  | Omit<UpOf<"chat.post">, "id">
  | Omit<UpOf<"track.publish">, "id" | "rtpParameters">
  | Omit<UpOf<"track.mute">, "id">
  | Omit<UpOf<"track.unpublish">, "id">;

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
  /** The media path of the participant ended, and with it all their tracks. */
  | { readonly type: "track.dropAll"; readonly participantId: ParticipantId };

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

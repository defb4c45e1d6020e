import type {
  NodeId,
  ParticipantId,
  PlaceReason,
  Refusal,
  RoomState,
  TrackId,
  TrackSource,
  Up,
} from "@tafelrunde/protocol";
import type { CommandDraft, MediaPath } from "./api.ts";

/** What the media transports need of the call. */
export interface MediaHost {
  send(message: Up): boolean;
  ask(draft: CommandDraft): Promise<Refusal | null>;
  withdraw(trackId: TrackId): void;
  /** The room as stored, without predictions. */
  state(): RoomState;
  you(): ParticipantId | undefined;
  setPath(path: MediaPath): void;
  /** Sets the node that carries the media, and why. */
  setNode(nodeId: NodeId, why: PlaceReason | undefined): void;
  /** Sets the tracks that do not reach the node now. */
  setInterrupted(trackIds: readonly TrackId[]): void;
  /** Sets the participants whose media has stopped arriving. */
  setStill(participantIds: readonly ParticipantId[]): void;
  setReceived(trackId: TrackId, track: MediaStreamTrack | undefined): void;
  /** The chosen speaker cannot be used. */
  speakerRefused(): void;
  /** Sets the loudness of one's own microphone, 0 to 1, muted or not. */
  setLevel(level: number): void;
  /** Sets whether the person speaks into it. */
  setSpeakingAloud(isAloud: boolean): void;
  /** The person may not, or no longer, publish `source`. */
  forbidden(source: TrackSource): void;
  setPublished(tracks: ReadonlyMap<TrackSource, TrackId>): void;
  setSpeaking(trackIds: readonly TrackId[]): void;
}

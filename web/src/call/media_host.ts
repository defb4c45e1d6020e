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
import type { Ask, MediaPath } from "./api.ts";

/** What the media path needs of the call. */
export interface MediaHost {
  tell(message: Up): boolean;
  ask(ask: Ask): Promise<Refusal | null>;
  withdraw(trackId: TrackId): void;
  /** The room as stored, without predictions. */
  state(): RoomState;
  you(): ParticipantId | undefined;
  setPath(path: MediaPath): void;
  /** The node that the media goes through, and why. */
  setNode(nodeId: NodeId, why: PlaceReason | undefined): void;
  /** The tracks that do not reach the node now. */
  setInterrupted(trackIds: readonly TrackId[]): void;
  /** Of whom nothing comes any more. */
  setStill(participantIds: readonly ParticipantId[]): void;
  setReceived(trackId: TrackId, track: MediaStreamTrack | undefined): void;
  /** The chosen loudspeaker cannot be used. */
  speakerRefused(): void;
  /** How loud one's own microphone is, 0 to 1, muted or not. */
  setLevel(level: number): void;
  /** Whether somebody speaks into it. */
  setSpeakingAloud(isAloud: boolean): void;
  /** The person has no right (any more) to what `source` gives. */
  forbidden(source: TrackSource): void;
  setPublished(tracks: ReadonlyMap<TrackSource, TrackId>): void;
  setSpeaking(trackIds: readonly TrackId[]): void;
}

import type { RoomState, TrackId } from "@tafelrunde/protocol";
import { PROTOCOL_VERSION } from "@tafelrunde/protocol/client";
import { createStore, type SetStoreFunction } from "solid-js/store";
import type { CallStart, CallView, LocalMedia } from "./api.ts";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** CallView as the call writes it; only the call uses this type. */
export interface CallStore extends Writable<Omit<CallView, "local" | "received">> {
  local: Writable<LocalMedia>;
  received: Record<TrackId, MediaStreamTrack>;
}

/** The initial view of a call, and its setter. */
export function createView(
  start: CallStart,
  speakerId: string,
  state: RoomState,
): [CallView, SetStoreFunction<CallStore>] {
  return createStore(firstView(start, speakerId, state));
}

function firstView({ roomId, joinAs }: CallStart, speakerId: string, state: RoomState): CallStore {
  // A new object each time: a Solid store merges what is set into the object that was there.
  const off = () =>
    ({ state: "off", deviceId: "", isSubstitute: false, isSilenced: false, track: undefined }) as const;
  return {
    phase: joinAs === undefined ? "lobby" : "joining",
    end: undefined,
    connection: "connecting",
    media: "connecting",
    place: undefined,
    interrupted: [],
    still: [],
    sentBack: undefined,
    roomId,
    lobby: undefined,
    needs: undefined,
    elsewhere: 0,
    isLinkForAll: false,
    clusterVersion: PROTOCOL_VERSION,
    account: null,
    declinedText: "",
    you: undefined,
    state,
    everyone: state.participants,
    speaking: [],
    stopped: undefined,
    received: {},
    playbackBlocked: "nothing",
    local: {
      microphone: off(),
      camera: off(),
      screen: { state: "off", hasFailed: false, track: undefined },
      level: 0,
      speakingWhileMuted: false,
      microphones: [],
      cameras: [],
      speakers: [],
      speakerId,
      isSpeakerSubstitute: false,
      isSilent: false,
    },
    pending: [],
  };
}

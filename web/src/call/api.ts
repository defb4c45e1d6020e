import type {
  Command,
  Event,
  FeatureDown,
  FeatureUp,
  NodeId,
  ParticipantId,
  Participants,
  PlaceReason,
  Refusal,
  RefusalCode,
  RoomId,
  RoomState,
  TrackId,
  TrackSource,
} from "@tafelrunde/protocol";
import type { PlaybackBlocked } from "./playing.ts";

/** A command without its id, which the call gives it. */
export type CommandDraft = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

/** A feature's question without its id, which the call gives it. */
export type QuestionDraft = FeatureUp extends infer Q
  ? (Q extends { readonly id: unknown } ? Omit<Q, "id"> : never)
  : never;

/** A feature's message that gets no answer. */
export type Tell = Exclude<FeatureUp, { readonly id: unknown }>;

/** Hears of what happens while the person is in the meeting. */
export interface FeatureListener {
  /** A stored event, after it is in the state. */
  event?(event: Event): void;
  /** A message that is not stored. */
  message?(message: FeatureDown): void;
}

/** Why there is no call, or no call anymore. Each reason has its own page. */
export type CallEnd =
  /** The person left. */
  | "left"
  /** The link does not open a room. */
  | "roomUnknown"
  | "roomFull"
  /** The link was valid, and was revoked, has expired or has reached its limit. */
  | "linkOver"
  /** Only members of the organisation may join. */
  | "guestsNotAllowed"
  /** A moderator removed the person; they may ask to come back. */
  | "removed"
  /** The same, but they may not come back before the meeting has ended. */
  | "banned"
  /** A moderator did not admit the person. */
  | "declined"
  /** A moderator has ended the meeting. */
  | "ended"
  /** The account that the person joined with is no longer signed in. */
  | "signedOut"
  /** The same person opened the meeting in a newer window. */
  | "replaced"
  /** This page's version differs from the server's; a reload helps. */
  | "outdated"
  /** The server closed us for breaking its rules: our bug. */
  | "fault";

/** The phase of the call. */
export type CallPhase = "lobby" | "joining" | "waiting" | "joined" | "ended";

/** The signaling socket. "reconnecting" is shown once it has lasted longer than a second. */
export type Connection = "connecting" | "live" | "reconnecting";

/**
 * The media transports. "none": no node is available now (chat and the rest work); "broken": lost and being
 * repaired; "unsupported": this browser has no WebRTC.
 */
export type MediaPath = "none" | "unsupported" | "connecting" | "live" | "broken";

/** The media node that carries the person's media. */
export interface MediaPlace {
  readonly nodeId: NodeId;
  /** The operator's name for it, such as "berlin"; undefined: not configured. */
  readonly region: string | undefined;
  /** Measured round trip; undefined: not measured. */
  readonly rttMs: number | undefined;
  readonly why: PlaceReason | undefined;
}

/** One microphone or camera as the person sees it. */
export type CaptureState =
  | "off"
  /** Requested, not yet available (the browser might be asking for permission). */
  | "starting"
  | "on"
  /** The person or the browser's settings denied it. */
  | "denied"
  /** There is no such device. */
  | "missing"
  /** Another program uses it. */
  | "busy"
  /** It failed to start for an unknown reason. */
  | "failed"
  /** The page was loaded without https: browsers give no devices to such pages. */
  | "insecure"
  /** The browser gives no devices to any page. */
  | "unsupported"
  /** It was on and was lost: unplugged, or taken by the system. */
  | "lost";

export interface Capture {
  readonly state: CaptureState;
  /** The device in use or requested; "": the browser's choice. */
  readonly deviceId: string;
  /** Whether it replaces the chosen device, which was not available. */
  readonly isSubstitute: boolean;
  /** It is on, but the system delivers nothing: another program uses it, or a switch or cover is closed. */
  readonly isSilenced: boolean;
  /** Live while `state` is "on"; briefly undefined while the device is changed. */
  readonly track: MediaStreamTrack | undefined;
}

export interface LocalMedia {
  readonly microphone: Capture;
  readonly camera: Capture;
  readonly screen: {
    readonly state: "off" | "starting" | "on" | "unsupported";
    /** The last attempt failed, and the person did not cancel it. */
    readonly hasFailed: boolean;
    readonly track: MediaStreamTrack | undefined;
  };
  /** Own loudness, 0 to 1, updated about 15 times a second while the microphone is on. */
  readonly level: number;
  /** The person speaks into a muted microphone. */
  readonly speakingWhileMuted: boolean;
  readonly microphones: readonly MediaDeviceInfo[];
  readonly cameras: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
  /** The output device; "": the system's. */
  readonly speakerId: string;
  /** Whether it replaces the chosen speaker, which is not available. */
  readonly isSpeakerSubstitute: boolean;
  /** Nobody is heard on this device: the person is in the meeting with another one, too. */
  readonly isSilent: boolean;
}

/**
 * The size at which a video track is shown, CSS pixels. Audio needs no request: the call asks for all of it.
 */
export interface VideoView {
  readonly trackId: TrackId;
  readonly width: number;
  readonly height: number;
  /** 1 to 255; a higher one gets bandwidth first. */
  readonly priority: number;
}

/** Something that a moderator did to this person's own media. */
export interface Stopped {
  readonly source: TrackSource;
  /** The moderator's name; "": unknown. */
  readonly by: string;
}

/** Everything the pages read. A Solid store: read it in JSX and effects, never write it. */
export interface CallView {
  readonly phase: CallPhase;
  readonly end: CallEnd | undefined;
  readonly connection: Connection;
  readonly media: MediaPath;
  /** The media node; undefined: none yet. */
  readonly place: MediaPlace | undefined;
  /** Remote tracks that do not arrive now because the nodes cannot reach each other. */
  readonly interrupted: readonly TrackId[];
  /** Participants whose media has stopped arriving although the room has them as present. */
  readonly still: readonly ParticipantId[];
  /** Why the person is back in the lobby after they were in the room; undefined: they were not sent back. */
  readonly sentBack: RefusalCode | undefined;
  readonly roomId: RoomId;
  readonly lobby: { readonly name: string; readonly present: number } | undefined;
  /** What the person needs to enter the room; undefined before it is known. */
  readonly needs: { readonly password: boolean; readonly admission: boolean } | undefined;
  /** Number of other devices with which the person was in the meeting at the last welcome. */
  readonly elsewhere: number;
  /** Whether the link that the person used may be shared with anyone; false before it is known. */
  readonly isLinkForAll: boolean;
  /** The protocol version that every edge of the cluster understands; this page's own before it is known. */
  readonly clusterVersion: number;
  /** The name of the account that the person is signed in with; null: none. */
  readonly account: string | null;
  /** A moderator's message to a participant who was not admitted; "": none. */
  readonly declinedText: string;
  readonly you: ParticipantId | undefined;
  /**
   * The room as it is in one's own space (its people, the tracks that one gets, its slices of features), with
   * one's own pending commands applied. Its `seq` is that of the last stored event: a
   * chat message with a higher one is still being sent.
   */
  readonly state: RoomState;
  /** The people in all spaces of the room. */
  readonly everyone: Participants;
  /** Active speakers, loudest first. */
  readonly speaking: readonly ParticipantId[];
  /** The last action of a moderator on one's own media; undefined: none yet. */
  readonly stopped: Stopped | undefined;
  /** Received (and live) media of others by track id. */
  readonly received: Readonly<Record<TrackId, MediaStreamTrack>>;
  /**
   * What the browser does not play before the person interacts with the page; `playBlocked`, called from a
   * click, starts it.
   */
  readonly playbackBlocked: PlaybackBlocked;
  readonly local: LocalMedia;
  /** Pending commands, for example to mark one's own chat messages as being sent. */
  readonly pending: readonly { readonly id: string; readonly draft: CommandDraft }[];
}

export interface Call {
  readonly view: CallView;
  /**
   * Sends a command; resolves to null once it is stored, or to the refusal. Survives reconnects; never
   * rejects.
   */
  send(draft: CommandDraft): Promise<Refusal | null>;
  /**
   * The click in the lobby. Resolves to null when the person is in or is waiting to be admitted, or to the
   * refusal. `replaces`: the person's other devices leave the meeting.
   */
  join(name: string, password?: string, replaces?: boolean): Promise<Refusal | null>;
  /** Sends a feature's message that gets no answer. */
  tell(message: Tell): void;
  /** Asks a feature's question; null: unavailable now. Never rejects. */
  question(draft: QuestionDraft): Promise<FeatureDown | null>;
  /** Calls `listener` for what features receive, until `signal` aborts. */
  listen(listener: FeatureListener, signal: AbortSignal): void;
  leave(): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Opens the browser's picker; resolves when sharing has started or was cancelled. */
  startScreen(): Promise<void>;
  stopScreen(): Promise<void>;
  /** Plays the others on this device, or not. */
  setSound(on: boolean): void;
  chooseDevice(kind: "microphone" | "camera" | "speaker", deviceId: string): Promise<void>;
  /** Reports which video is on screen and how large; the call forwards it (throttled). */
  setVideoView(tracks: readonly VideoView[]): void;
  /** Plays what the browser had blocked; must be called from a click. */
  playBlocked(): Promise<void>;
  /** Own track id of a source, if published. */
  ownTrack(source: TrackSource): TrackId | undefined;
}

/** The input of a call: read from the link, the page and the browser's storage. */
export interface CallStart {
  readonly roomId: RoomId;
  /** "": they join by their account's role in the room. */
  readonly link: string;
  /** Direct join: enter at once under this name. */
  readonly joinAs: string | undefined;
  /** The person's last known state in this meeting, noted by a page of this tab. */
  readonly stood: Stood | undefined;
}

/** A person's stay in a meeting, and what they published in it. */
export interface Stood {
  /** When it began, by the edge's clock, ms. */
  readonly joinedAt: number;
  /** For each published source, whether it was muted. */
  readonly muted: { readonly [Source in TrackSource]?: boolean };
  /** The person was in the meeting with another device before. */
  readonly isSecond?: boolean;
  readonly isSilent?: boolean;
}

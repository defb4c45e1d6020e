import type {
  ChatPage,
  Command,
  NodeId,
  ParticipantId,
  PlaceReason,
  Reaction,
  Refusal,
  RefusalCode,
  RoomId,
  RoomState,
  TrackId,
  TrackSource,
} from "@tafelrunde/protocol";
import type { PlaybackBlocked } from "./playing.ts";

/** A command without its id, which the call gives it. */
export type Ask = Command extends infer C ? (C extends Command ? Omit<C, "id"> : never) : never;

/** Why there is no call (any more). Each has its own page. */
export type CallEnd =
  /** The person left. */
  | "left"
  /** The link does not open a room. */
  | "roomUnknown"
  | "roomFull"
  /** The link was good once, and was taken back, has expired or is used up. */
  | "linkOver"
  /** Only members of the house may come in. */
  | "guestsNotAllowed"
  /** A moderator removed the person; they may ask to come back. */
  | "removed"
  /** The same, and not before the meeting has ended. */
  | "banned"
  /** A moderator did not let the person in. */
  | "declined"
  /** A moderator has ended the meeting. */
  | "ended"
  /** The account that the person came with is not signed in any more. */
  | "signedOut"
  /** The same person opened the meeting in a newer window. */
  | "replaced"
  /** This page is of another version than the server; loading it anew helps. */
  | "outdated"
  /** The server closed us for breaking its rules: our bug. */
  | "fault";

/** Where the person is. */
export type CallPhase = "lobby" | "joining" | "waiting" | "joined" | "ended";

/** The signaling socket. "reconnecting" is shown once it has lasted longer than a second. */
export type Connection = "connecting" | "live" | "reconnecting";

/** The media path. "none": no node takes us now (chat and the rest go on); "broken": it was there and is being repaired; "unsupported": this browser cannot have one. */
export type MediaPath = "none" | "unsupported" | "connecting" | "live" | "broken";

/** Where the person's media goes through. */
export interface Place {
  readonly nodeId: NodeId;
  /** As its operator calls it, "berlin"; undefined: it does not say. */
  readonly region: string | undefined;
  /** Round trip as measured; undefined: not measured. */
  readonly rttMs: number | undefined;
  readonly why: PlaceReason | undefined;
}

/** One microphone or camera as the person sees it. */
export type CaptureState =
  | "off"
  /** Asked for, not yet there (the browser may be asking for permission). */
  | "starting"
  | "on"
  /** The person or the browser's settings said no. */
  | "denied"
  /** There is no such device. */
  | "missing"
  /** Another program holds it. */
  | "busy"
  /** It failed to start, nobody knows why. */
  | "failed"
  /** The page came without encryption: browsers give no devices to such pages. */
  | "insecure"
  /** The browser gives no devices to any page. */
  | "unsupported"
  /** It was on and vanished: unplugged, or taken by the system. */
  | "lost";

export interface Capture {
  readonly state: CaptureState;
  /** The device in use or wished for; "" the browser's choice. */
  readonly deviceId: string;
  /** Another device than the chosen one, which was not there. */
  readonly isSubstitute: boolean;
  /** It is on, and the system lets nothing of it through: another program has it, a switch or a cover is closed. */
  readonly isSilenced: boolean;
  /** Live while `state` is "on"; not there for a moment while the device is changed. */
  readonly track: MediaStreamTrack | undefined;
}

export interface LocalMedia {
  readonly microphone: Capture;
  readonly camera: Capture;
  readonly screen: {
    readonly state: "off" | "starting" | "on" | "unsupported";
    /** The last try failed, and not because the person called it off. */
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
  /** What is heard comes out of this one; "" the system's. */
  readonly speakerId: string;
  /** It is another than the chosen one, which is not there. */
  readonly isSpeakerSubstitute: boolean;
}

/** What the screen shows of one video track, CSS pixels. Audio needs no request: the call asks for all of it. */
export interface VideoView {
  readonly trackId: TrackId;
  readonly width: number;
  readonly height: number;
  /** 1 to 255, higher gets bandwidth first. */
  readonly priority: number;
}

/** Something that a moderator did to this person's own media. */
export interface Stopped {
  readonly source: TrackSource;
  /** Their name; "": it is not known who it was. */
  readonly by: string;
}

/** A reaction on the screen, for a moment. */
export interface ShownReaction {
  readonly key: number;
  readonly participantId: ParticipantId;
  readonly reaction: Reaction;
}

/** Everything the pages read. A Solid store: read it in JSX and effects, never write it. */
export interface CallView {
  readonly phase: CallPhase;
  readonly end: CallEnd | undefined;
  readonly connection: Connection;
  readonly media: MediaPath;
  /** The media node; undefined: none yet. */
  readonly place: Place | undefined;
  /** Tracks of others that do not reach us now, because the nodes do not reach one another. */
  readonly interrupted: readonly TrackId[];
  /** Of whom nothing comes any more, though the room has them as here. */
  readonly still: readonly ParticipantId[];
  /** Why the person stands in the lobby again after they were in; undefined: they were not sent there. */
  readonly sentBack: RefusalCode | undefined;
  readonly roomId: RoomId;
  readonly lobby: { readonly name: string; readonly present: number } | undefined;
  /** What stands between the person and the room; undefined before it is known. */
  readonly needs: { readonly password: boolean; readonly admission: boolean } | undefined;
  /** Whether the link that the person came by may be passed on to anybody; false before it is known. */
  readonly isLinkForAll: boolean;
  /** The protocol version that every edge of the cluster understands; this page's own before it is known. */
  readonly clusterVersion: number;
  /** The name of the account that the person is signed in with; null: none. */
  readonly account: string | null;
  /** A moderator's word to whoever was not let in; "" none. */
  readonly declinedText: string;
  readonly you: ParticipantId | undefined;
  /**
   * The room with one's own unacknowledged commands applied. Its `seq` is that of the last stored event: a chat message with a higher one
   * is on its way.
   */
  readonly state: RoomState;
  /** Messages of the chat that were deleted while the person was there, by their place in the log; the newest 100. */
  readonly deletedMessages: readonly number[];
  /** Who is heard now, loudest first. */
  readonly speaking: readonly ParticipantId[];
  /** Reactions on the screen now, the newest last. */
  readonly reactions: readonly ShownReaction[];
  /** What a moderator did last to one's own media; undefined: nothing yet. */
  readonly stopped: Stopped | undefined;
  /** Received (and live) media of others by track id. */
  readonly received: Readonly<Record<TrackId, MediaStreamTrack>>;
  /** What the browser does not play before the person touches the page; `playBlocked` from a click makes it. */
  readonly playbackBlocked: PlaybackBlocked;
  readonly local: LocalMedia;
  /** Commands sent and not yet answered, e.g. to mark one's own chat messages as on their way. */
  readonly pending: readonly { readonly id: string; readonly ask: Ask }[];
}

export interface Call {
  readonly view: CallView;
  /** Sends a command; resolves to null once it is stored, or to why not. Survives reconnects; never rejects. */
  send(ask: Ask): Promise<Refusal | null>;
  /** The click in the lobby. Resolves to null when the person is in, or waits to be let in, or to why not. */
  join(name: string, password?: string): Promise<Refusal | null>;
  /** Messages of the chat older than the one of `before` in the log; null: they are not to be had now. Never rejects. */
  chatBefore(before: number): Promise<ChatPage | null>;
  /** Shows a reaction to everyone. */
  react(reaction: Reaction): void;
  leave(): Promise<void>;
  setMicrophone(on: boolean): Promise<void>;
  setCamera(on: boolean): Promise<void>;
  /** Opens the browser's picker; resolves when sharing runs or was cancelled. */
  startScreen(): Promise<void>;
  stopScreen(): Promise<void>;
  chooseDevice(kind: "microphone" | "camera" | "speaker", deviceId: string): Promise<void>;
  /** Which video is on screen and how large; the call sends it on (throttled). */
  setVideoView(tracks: readonly VideoView[]): void;
  /** Plays what the browser had blocked; to be called from a click. */
  playBlocked(): Promise<void>;
  /** Own track id of a source, if published. */
  ownTrack(source: TrackSource): TrackId | undefined;
}

/** What the call needs to start: read from the link, the page and the browser's storage. */
export interface CallStart {
  readonly roomId: RoomId;
  /** "": they come by what their account is in the room. */
  readonly link: string;
  /** The direct way in: join at once under this name. */
  readonly joinAs: string | undefined;
  /** How the person stood in this meeting when a page of this tab last noted it. */
  readonly stood: Stood | undefined;
}

/** Somebody's stay in a meeting, and what they published in it. */
export interface Stood {
  /** When it began, by the edge's clock, ms. */
  readonly joinedAt: number;
  /** Of each source that was published, whether it was muted. */
  readonly muted: { readonly [Source in TrackSource]?: boolean };
}

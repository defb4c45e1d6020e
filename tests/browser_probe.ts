/// <reference lib="dom" />
import type { Colour } from "./media_rig.ts";

/** Observes what a page shows and plays. */
export interface Probe {
  /** Starts listening for tones of these frequencies, Hz, in everything that the page plays. */
  listenFor(tonesHz: readonly number[]): void;
  /** Time since the tone was last heard, ms; Infinity if never. */
  heardMsAgo(toneHz: number): number;
  /** How long the page has been listened to, ms. */
  listeningMs(): number;
  /** Starts watching the video in the group with this name. */
  watch(name: string): void;
  /** Longest time that the watched video froze or was missing, ms. */
  longestStillMs(): number;
  /** Frames of the watched video since then; undefined: it was missing at some time, or restarted. */
  framesSince(): number | undefined;
  /**
   * Energy of all decoded audio, as summed by `getStats` (full scale for a second: 1); works without a
   * loudspeaker.
   */
  energyHeard(): Promise<number>;
  /** Names of the devices whose tracks are sent now, sorted. */
  devicesSent(): string[];
  /**
   * The ports of each current connection, one to send and one to receive: one or more per address of the
   * machine.
   */
  ports(): Promise<number[][]>;
  /** How many offers and answers each current connection that receives media has exchanged. */
  negotiations(): number[];
  /** Widths of the camera's simulcast layers that are sent now, pixels, smallest first. */
  widthsSent(): Promise<number[]>;
}

declare global {
  var probe: Probe;
  interface HTMLVideoElement {
    readonly mozPaintedFrames?: number;
  }
}

/** What a video element shows. */
export interface Picture {
  /** Frames decoded since the element began to play its current source. */
  readonly frames: number;
  /** Mean colour of the upper half. */
  readonly colour: Colour;
  /** Pixels, as received. */
  readonly width: number;
}

/**
 * Reads the first of these video elements; undefined if there is none or it has no picture yet. Runs in the
 * page.
 */
export function lookAt([video]: readonly Element[]): Picture | undefined {
  if (!(video instanceof HTMLVideoElement) || video.readyState < 2 || video.paused) return undefined;
  const [width, height] = [16, 8];
  const canvas = new OffscreenCanvas(width, height);
  const drawing = canvas.getContext("2d", { willReadFrequently: true })!;
  drawing.drawImage(video, 0, 0, width, height);
  const { data } = drawing.getImageData(0, 0, width, height / 2);
  const mean = (channel: number) => {
    let sum = 0;
    for (let at = channel; at < data.length; at += 4) sum += data[at]!;
    return sum / (data.length / 4);
  };
  return {
    // Firefox counts frames of streams only in its own property.
    frames: video.getVideoPlaybackQuality().totalVideoFrames || (video.mozPaintedFrames ?? 0),
    colour: { red: mean(0), green: mean(1), blue: mean(2) },
    width: video.videoWidth,
  };
}

/** Sets up `globalThis.probe`. Runs in the page before its own scripts, so it must be self-contained. */
export function installProbe(): void {
  /**
   * Level that counts as heard, dB below full scale: 30 dB below the tones of media_rig.ts, and above their
   * crosstalk.
   */
  const HEARD_DB = -50;
  const LOOK_MS = 40;

  const connections: RTCPeerConnection[] = [];
  const offers = new Map<RTCPeerConnection, number>();
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      if (description.type === "offer") offers.set(this, (offers.get(this) ?? 0) + 1);
      await super.setRemoteDescription(description);
    }
  };

  const heardAt = new Map<number, number>();
  let listeningSince = performance.now();
  const ears = new Map<HTMLMediaElement, { stream: MediaProvider; source: AudioNode }>();
  let analyser: AnalyserNode | undefined;
  let isLooking = false;

  /** Connects every element that plays sound, and no others. */
  function connect(ear: AnalyserNode): void {
    const playing = [...document.querySelectorAll<HTMLMediaElement>("audio, video")].filter((element) =>
      !element.paused && !element.muted && element.volume > 0 &&
      element.srcObject instanceof MediaStream && element.srcObject.getAudioTracks().length > 0
    );
    for (const [element, { stream, source }] of ears) {
      if (playing.includes(element) && element.srcObject === stream) continue;
      source.disconnect();
      ears.delete(element);
    }
    for (const element of playing) {
      if (ears.has(element)) continue;
      const stream = element.srcObject as MediaStream;
      const source = new MediaStreamAudioSourceNode(ear.context as AudioContext, { mediaStream: stream });
      source.connect(ear);
      ears.set(element, { stream, source });
    }
  }

  function listen(): void {
    if (analyser === undefined) return;
    connect(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const binHz = analyser.context.sampleRate / analyser.fftSize;
    for (const toneHz of heardAt.keys()) {
      if (levels[Math.round(toneHz / binHz)]! > HEARD_DB) heardAt.set(toneHz, performance.now());
    }
  }

  interface Watched {
    readonly name: string;
    frames: number;
    framesBefore: number | undefined;
    stillMs: number;
    longestStillMs: number;
    isWhole: boolean;
  }
  let watched: Watched | undefined;

  function watch(): void {
    if (watched === undefined) return;
    const group = [...document.querySelectorAll("[role=group]")].find((element) =>
      element.getAttribute("aria-label") === watched?.name
    );
    const frames = group?.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    watched.framesBefore ??= frames;
    if (frames === 0 || frames < watched.frames) watched.isWhole = false;
    // Counted in checks, not by the clock: a page that a busy machine does not schedule sees nothing either
    // way.
    watched.stillMs = frames !== 0 && frames !== watched.frames ? 0 : watched.stillMs + LOOK_MS;
    watched.longestStillMs = Math.max(watched.longestStillMs, watched.stillMs);
    watched.frames = frames;
  }

  /** For each current connection. Firefox never responds for a connection that closes meanwhile. */
  async function reportsByConnection() {
    const open = connections.filter(({ connectionState }) => connectionState === "connected");
    const none = new Promise<RTCStatsReport>((resolve) => setTimeout(resolve, 1_000, new Map()));
    const all = await Promise.all(open.map((connection) => Promise.race([connection.getStats(), none])));
    return all.map((report) => [...report.values()]);
  }

  /** Looks and listens from now on. */
  function begin(): void {
    if (isLooking) return;
    isLooking = true;
    setInterval(() => {
      listen();
      watch();
    }, LOOK_MS);
  }

  const reports = async () => (await reportsByConnection()).flat();

  globalThis.probe = {
    listenFor(tonesHz) {
      analyser ??= new AnalyserNode(new AudioContext(), { fftSize: 4096, smoothingTimeConstant: 0 });
      listeningSince = performance.now();
      heardAt.clear();
      for (const toneHz of tonesHz) heardAt.set(toneHz, -Infinity);
      begin();
    },
    heardMsAgo: (toneHz) => performance.now() - (heardAt.get(toneHz) ?? -Infinity),
    listeningMs: () => performance.now() - listeningSince,
    watch(name) {
      watched = { name, frames: 0, framesBefore: undefined, stillMs: 0, longestStillMs: 0, isWhole: true };
      watch();
      begin();
    },
    ports: async () =>
      (await reportsByConnection()).map((report) =>
        report.flatMap(({ type, protocol, port }): number[] =>
          // TCP candidates all have the same port: they connect, and accept nothing.
          type === "local-candidate" && protocol === "udp" ? [port] : []
        )
      ),
    longestStillMs: () => watched?.longestStillMs ?? Infinity,
    framesSince() {
      watch();
      return watched?.isWhole ? watched.frames - watched.framesBefore! : undefined;
    },
    async energyHeard() {
      return (await reports())
        .filter((one) => one.type === "inbound-rtp" && one.kind === "audio")
        .reduce((sum, { totalAudioEnergy = 0 }) => sum + totalAudioEnergy, 0);
    },
    devicesSent: () =>
      connections.filter(({ connectionState }) => connectionState === "connected")
        .flatMap((connection) => connection.getSenders())
        .flatMap(({ track }) => track?.readyState === "live" ? [track.label] : [])
        .sort(),
    negotiations: () =>
      connections.filter(({ connectionState }) => connectionState === "connected")
        .flatMap((connection) => offers.get(connection) ?? []),
    async widthsSent() {
      return (await reports())
        .filter((one) => one.type === "outbound-rtp" && one.kind === "video" && one.active && one.frameWidth)
        .map((one): number => one.frameWidth)
        .sort((a, b) => a - b);
    },
  };
}

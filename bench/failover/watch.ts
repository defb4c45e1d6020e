/// <reference lib="dom" />

/** What a page saw and heard of the others; times in ms since the epoch. */
export interface Watched {
  /** Times at which each frame of the others was decoded, by name, ascending. */
  readonly frames: Readonly<Record<string, readonly number[]>>;
  /** How many of the others were heard, at each check. */
  readonly heard: readonly (readonly [at: number, count: number])[];
  /** Events of the transports, in order of time. */
  readonly steps: readonly Step[];
}

/**
 * "told": the edge sent new transports. The others: one of the two transports created meanwhile connected.
 */
export type StepName = "told" | "ice" | "dtls";
export type Step = readonly [name: StepName, at: number];

/** The watcher's interface for the bench, as `globalThis.failoverBench`. */
export interface Watcher {
  /** Discards earlier observations and starts watching. */
  begin(): void;
  end(): Promise<Watched>;
  /** Address of the node that carries the media. */
  nodeAddress(): Promise<string | undefined>;
}

declare global {
  var failoverBench: Watcher;
  /** Source: W3C MediaStreamTrack Insertable Media Processing; Chromium also exposes it in windows. */
  var MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
}

/** Where the page finds the worker that runs `watchFrames`. */
export const FRAME_WATCH_PATH = "/failover-bench-frames.js";

/** Runs in a worker, which sees the frames even if the page's main thread is busy. */
export function watchFrames(): void {
  let frames = new Map<string, number[]>();
  const watch = async (trackId: string, readable: ReadableStream<VideoFrame>) => {
    const reader = readable.getReader();
    for (;;) {
      const { done, value: frame } = await reader.read();
      if (done) return;
      frame.close();
      const at = performance.timeOrigin + performance.now();
      const times = frames.get(trackId);
      if (times === undefined) frames.set(trackId, [at]);
      else times.push(at);
    }
  };
  globalThis.addEventListener("message", ({ data }) => {
    if (data === "begin") frames = new Map();
    else if (data === "end") postMessage(frames);
    else void watch(data.trackId, data.readable);
  });
}

/**
 * Runs in the page before its own scripts and shares nothing with them. `person` is the page's participant.
 */
export function watchMedia(person: string): void {
  /**
   * Interval of the checks who is heard, and whose picture is shown, ms. Each asks the browser's media thread
   * about each voice and blocks the page meanwhile: at 100 ms for 15 % of the time.
   */
  const LOOK_MS = 250;
  /** Audio older than this no longer counts as heard, ms: with DTX, silence sends a packet every 400 ms. */
  const HEARD_MS = 500;
  /** Small and slow: six encoders share this machine, and are not measured. */
  const CAMERA = { width: 320, height: 180, frameRate: 10 };
  /** Nor is audio processing. */
  const MICROPHONE = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const connections = new Set<RTCPeerConnection>();
  /** The participant of each video track. */
  const names = new Map<string, string>();
  /** Receivers of voices, newest first, by the stream that each participant sends. */
  const voices = new Map<string, RTCRtpReceiver[]>();
  const worker = new Worker("/failover-bench-frames.js");
  let heard: [number, number][] = [];
  let steps: [StepName, number][] = [];
  let timer: ReturnType<typeof setInterval> | undefined;

  const step = (name: StepName) => steps.push([name, performance.timeOrigin + performance.now()]);
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (/^.{0,20}"type":"peer\.(moved|opened)"/.test(String(data))) step("told");
      });
    }
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
      this.addEventListener("iceconnectionstatechange", () => {
        if (this.iceConnectionState === "connected") step("ice");
      });
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") step("dtls");
      });
      this.addEventListener("track", ({ track, receiver, streams: [stream] }) => {
        if (track.kind === "video") watch(track);
        else if (stream !== undefined) voices.set(stream.id, [receiver, ...voices.get(stream.id) ?? []]);
      });
    }

    override close(): void {
      super.close();
      connections.delete(this);
    }
  };
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (constraints) =>
    getUserMedia({
      ...constraints,
      ...constraints?.video && { video: CAMERA },
      ...constraints?.audio && { audio: MICROPHONE },
    });
  const watch = (track: MediaStreamTrack) => {
    const { readable } = new MediaStreamTrackProcessor({ track: track.clone() });
    worker.postMessage({ trackId: track.id, readable }, [readable]);
  };
  const isHeard = (receiver: RTCRtpReceiver) => {
    const [source] = receiver.getSynchronizationSources();
    return source !== undefined && performance.timeOrigin + performance.now() - source.timestamp < HEARD_MS;
  };
  const look = () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>("[role=group] video")) {
      const [track] = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
      const name = video.closest("[role=group]")?.getAttribute("aria-label");
      if (track !== undefined && name) names.set(track.id, name);
    }
    const now = performance.timeOrigin + performance.now();
    let count = 0;
    for (const [streamId, receivers] of voices) {
      const live = receivers.filter(({ track }) => track.readyState === "live");
      if (live.length === 0) voices.delete(streamId);
      else if (live.length < receivers.length) voices.set(streamId, live);
      if (live.some(isHeard)) count++;
    }
    heard.push([now, count]);
  };
  globalThis.failoverBench = {
    begin() {
      worker.postMessage("begin");
      heard = [];
      steps = [];
      clearInterval(timer);
      timer = setInterval(look, LOOK_MS);
    },
    async end() {
      clearInterval(timer);
      const told = new Promise<Map<string, number[]>>((resolve) =>
        worker.addEventListener("message", ({ data }) => resolve(data), { once: true })
      );
      worker.postMessage("end");
      const byName: Record<string, number[]> = {};
      for (const [trackId, times] of await told) {
        const name = names.get(trackId);
        if (name !== undefined && name !== person) (byName[name] ??= []).push(...times);
      }
      for (const times of Object.values(byName)) times.sort((a, b) => a - b);
      return { frames: byName, heard, steps };
    },
    async nodeAddress() {
      const connection = [...connections].findLast(({ connectionState }) => connectionState === "connected");
      const stats = [...(await connection?.getStats())?.values() ?? []];
      const pair = stats.find((one) =>
        one.type === "candidate-pair" && one.nominated && one.state === "succeeded"
      );
      return stats.find(({ id }) => id === pair?.remoteCandidateId)?.address;
    },
  };
}

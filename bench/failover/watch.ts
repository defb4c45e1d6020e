/// <reference lib="dom" />

/** What a page saw and heard of the others, instants in ms since the epoch. */
export interface Watched {
  /** When each frame of each of the others was presented, by name. */
  readonly frames: Readonly<Record<string, readonly number[]>>;
  /** How many of the others were heard, at each look. */
  readonly heard: readonly (readonly [at: number, count: number])[];
}

/** What the watcher offers to the bench, as `globalThis.failoverBench`. */
export interface Watcher {
  /** Forgets what was, watches from now on. */
  begin(): void;
  end(): Watched;
  /** Address of the node that media goes through. */
  nodeAddress(): Promise<string | undefined>;
}

declare global {
  var failoverBench: Watcher;
}

/** Runs in the page ahead of its own scripts and shares nothing with them. `person` is whose page it is. */
export function watchMedia(person: string): void {
  /** How often it is looked who is heard, and whether there are pictures that are not watched yet, ms. */
  const LOOK_MS = 25;
  /** Sound that came so long ago is not heard any more, ms: with DTX, silence is a packet each 400 ms. */
  const HEARD_MS = 450;
  const connections: RTCPeerConnection[] = [];
  let frames: Record<string, number[]> = {};
  let heard: [number, number][] = [];
  const hooked = new WeakSet<HTMLVideoElement>();
  let timer: ReturnType<typeof setInterval> | undefined;

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
  const nameOf = (video: Element) => video.closest("[role=group]")?.getAttribute("aria-label") ?? "";
  const hook = (video: HTMLVideoElement) => {
    hooked.add(video);
    const onFrame = () => {
      (frames[nameOf(video)] ??= []).push(performance.timeOrigin + performance.now());
      if (video.isConnected) video.requestVideoFrameCallback(onFrame);
      else hooked.delete(video);
    };
    video.requestVideoFrameCallback(onFrame);
  };
  const look = () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>("[role=group] video")) {
      if (!hooked.has(video) && nameOf(video) !== person) hook(video);
    }
    const now = performance.timeOrigin + performance.now();
    let count = 0;
    for (const connection of connections) {
      if (connection.connectionState === "closed") continue;
      for (const receiver of connection.getReceivers()) {
        if (receiver.track.kind !== "audio") continue;
        const [source] = receiver.getSynchronizationSources();
        if (source !== undefined && now - source.timestamp < HEARD_MS) count++;
      }
    }
    heard.push([now, count]);
  };
  globalThis.failoverBench = {
    begin() {
      frames = {};
      heard = [];
      clearInterval(timer);
      timer = setInterval(look, LOOK_MS);
    },
    end() {
      clearInterval(timer);
      return { frames, heard };
    },
    async nodeAddress() {
      const connection = connections.findLast(({ connectionState }) => connectionState === "connected");
      const stats = [...(await connection?.getStats())?.values() ?? []];
      const pair = stats.find((one) =>
        one.type === "candidate-pair" && one.nominated && one.state === "succeeded"
      );
      return stats.find(({ id }) => id === pair?.remoteCandidateId)?.address;
    },
  };
}

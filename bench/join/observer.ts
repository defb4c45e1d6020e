/**
 * One entry into a meeting, as recorded by the page's own marks and by an independent observer. All times: ms
 * since the page's time origin.
 */
export interface Sighting {
  /** When the browser received the click; null without one. */
  readonly clickedAt: number | null;
  /** When the remote participant's tile, as found by the observer, presented its first frame. */
  readonly seenAt: number;
  /** Brightest minus darkest value of the picture, 0 to 255: a black one has 0. */
  readonly contrast: number;
  /** The page's marks by name. */
  readonly marks: Readonly<Record<string, number>>;
}

/** One step of the entry, ms since the page's time origin. */
export type Step = readonly [at: number, what: string];

/** The observer's interface for the bench, as `globalThis.joinBench`. */
export interface Observer {
  /** Whether both transports are connected and, if `hasTracks`, a remote video is prepared. */
  isWarm(hasTracks: boolean): boolean;
  /** Resolves with the first frame of the remote tile. */
  readonly sighting: Promise<Sighting>;
  readonly steps: readonly Step[];
}

declare global {
  var joinBench: Observer;
}

/**
 * Runs in the page before its own scripts and shares nothing with them: watches for the tile named `person`,
 * and records the steps if `trace` is set.
 */
export function observe({ person, trace }: { person: string; trace: boolean }): void {
  /** Delay after the first frame until the picture and the page's marks are read, ms. */
  const SETTLE_MS = 100;
  const connections: RTCPeerConnection[] = [];
  const steps: Step[] = [];
  const step = (what: string, at = performance.now()) => {
    if (trace) steps.push([at, what]);
  };
  let clickedAt: number | null = null;
  addEventListener("click", ({ timeStamp }) => {
    clickedAt = timeStamp;
    step("click", timeStamp);
  }, { capture: true });

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      const name = `connection ${connections.push(this)}`;
      if (!trace) return;
      step(`${name}: made`);
      this.addEventListener(
        "iceconnectionstatechange",
        () => step(`${name}: ICE ${this.iceConnectionState}`),
      );
      this.addEventListener("connectionstatechange", () => step(`${name}: ${this.connectionState}`));
      this.addEventListener("track", ({ track }) => {
        step(`${name}: ${track.kind} track`);
        track.addEventListener("unmute", () => step(`${name}: ${track.kind} unmuted`));
      });
    }
  };

  if (trace) {
    const { fetch: realFetch, WebSocket: RealSocket } = globalThis;
    globalThis.fetch = async (...args) => {
      step(`fetch ${args[0]}`);
      const response = await realFetch(...args);
      step(`fetched ${args[0]}`);
      return response;
    };
    const typeOf = (data: unknown) => /"type":"([^"]+)"/.exec(String(data))?.[1];
    globalThis.WebSocket = class extends RealSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        step("socket: made");
        this.addEventListener("open", () => step("socket: open"));
        this.addEventListener("message", ({ data }) => step(`socket: got ${typeOf(data)}`));
      }

      override send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBuffer>): void {
        step(`socket: sent ${typeOf(data)}`);
        super.send(data);
      }
    };
  }

  const contrastOf = (video: HTMLVideoElement) => {
    const [width, height] = [32, 18];
    const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    if (context === null) return 0;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const greens = data.filter((_, index) => index % 4 === 1);
    return Math.max(...greens) - Math.min(...greens);
  };
  const sighting = new Promise<Sighting>((resolve) => {
    const look = () => {
      const video = document.querySelector<HTMLVideoElement>(
        `[role=group][aria-label="${CSS.escape(person)}"] video`,
      );
      if (video === null) return void requestAnimationFrame(look);
      step("tile with video");
      video.requestVideoFrameCallback((_now, { receiveTime, presentationTime, processingDuration }) => {
        const seenAt = performance.now();
        step("frame: last packet", receiveTime);
        step(
          `frame: presented, decoded in ${Math.round((processingDuration ?? 0) * 1000)} ms`,
          presentationTime,
        );
        step("frame: seen");
        // The page's own callback for the same frame can come after this one, and a canvas gets the very
        // first frame some ms later.
        setTimeout(() => {
          for (const entry of performance.getEntriesByType("resource") as PerformanceResourceTiming[]) {
            const { startTime, connectStart, connectEnd, requestStart, responseStart, responseEnd } = entry;
            const since = (at: number) => Math.round(at - startTime);
            step(
              `${new URL(entry.name).pathname}: ${entry.transferSize} bytes; ms to connect ${
                since(connectStart)
              } to ${since(connectEnd)}, ask ${since(requestStart)}, answer ${since(responseStart)} to ${
                since(responseEnd)
              }`,
              startTime,
            );
          }
          const marks = performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]);
          resolve({ clickedAt, seenAt, contrast: contrastOf(video), marks: Object.fromEntries(marks) });
        }, SETTLE_MS);
      });
    };
    requestAnimationFrame(look);
  });
  globalThis.joinBench = {
    isWarm: (hasTracks) => {
      const connected = connections.filter(({ connectionState }) => connectionState === "connected");
      const transceivers = connected.flatMap((connection) => connection.getTransceivers());
      // mediasoup-client receives bandwidth probes on a track of their own, "probator".
      return connected.length >= 2 &&
        (!hasTracks ||
          transceivers.some(({ mid, receiver }) => receiver.track.kind === "video" && mid !== "probator"));
    },
    sighting,
    steps,
  };
}

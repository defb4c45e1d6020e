/// <reference lib="dom" />
/** What a page noticed of a move, ms after the click. */
export interface Arrival {
  /** The first sound of the space delivered to an audio track. */
  readonly soundMs: number;
  /** The first frame of the person in the space. */
  readonly pictureMs: number;
  /** The last packet of sound of the space that was left; 0: none after the click. */
  readonly leftMs: number;
}

/** The mover's interface for the bench, as `globalThis.spacesBench`. */
export interface Mover {
  /** Sends a command of the page's participant, past the page. Its id is added. */
  send(command: Readonly<Record<string, unknown>>): void;
  /** The participant's id, once welcomed. */
  readonly you: string | undefined;
  /** Moves into a space, and resolves once `person` is seen and heard there, or rejects after a while. */
  move(spaceId: string | null, person: string): Promise<Arrival>;
}

declare global {
  var spacesBench: Mover;
}

/** Runs in the page before its own scripts and shares nothing with them. */
export function installMover(): void {
  /** Interval of the checks for sound, ms. */
  const LOOK_MS = 4;
  const DEADLINE_MS = 10_000;
  const connections = new Set<RTCPeerConnection>();
  let socket: WebSocket | undefined;
  let you: string | undefined;

  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (!String(url).includes("/v1/signal")) return;
      socket = this;
      this.addEventListener("message", ({ data }) => {
        const found = /^\{"type":"welcome".*?"you":"([a-z2-7]{26})"/.exec(String(data));
        if (found !== null) you = found[1];
      });
    }
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
    }
  };

  /** When each audio track last got sound, on the clock of `performance.now`. */
  function sounds(): Map<string, number> {
    const at = new Map<string, number>();
    for (const connection of connections) {
      for (
        const { track, getSynchronizationSources } of connection.getReceivers().map((receiver) => ({
          track: receiver.track,
          getSynchronizationSources: () => receiver.getSynchronizationSources(),
        }))
      ) {
        const [source] = track.kind === "audio" ? getSynchronizationSources() : [];
        if (source !== undefined) at.set(track.id, source.timestamp - performance.timeOrigin);
      }
    }
    return at;
  }

  function firstFrame(person: string): Promise<number> {
    return new Promise((resolve) => {
      const look = () => {
        const video = document.querySelector<HTMLVideoElement>(
          `[role=group][aria-label="${CSS.escape(person)}"] video`,
        );
        if (video === null) return void requestAnimationFrame(look);
        video.requestVideoFrameCallback(() => resolve(performance.now()));
      };
      look();
    });
  }

  function send(command: Readonly<Record<string, unknown>>): void {
    socket!.send(JSON.stringify({ ...command, id: crypto.randomUUID() }));
  }

  globalThis.spacesBench = {
    send,
    get you() {
      return you;
    },
    async move(spaceId, person) {
      const before = new Set(sounds().keys());
      const clickedAt = performance.now();
      send({ type: "space.move", participantIds: [you], spaceId });
      let soundAt: number | undefined;
      let leftAt = clickedAt;
      const timer = setInterval(() => {
        for (const [trackId, at] of sounds()) {
          if (before.has(trackId)) leftAt = Math.max(leftAt, at);
          else if (soundAt === undefined && at > clickedAt) soundAt = at;
        }
      }, LOOK_MS);
      const deadline = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`${person} is not seen and heard`)), DEADLINE_MS)
      );
      try {
        const pictureAt = await Promise.race([firstFrame(person), deadline]);
        while (soundAt === undefined) {
          await Promise.race([new Promise((resolve) => setTimeout(resolve, LOOK_MS)), deadline]);
        }
        return {
          soundMs: soundAt - clickedAt,
          pictureMs: pictureAt - clickedAt,
          leftMs: leftAt - clickedAt,
        };
      } finally {
        clearInterval(timer);
      }
    },
  };
}

import type { ParticipantId, RoomState, Up } from "@tafelrunde/protocol";
import type { VideoView } from "./api.ts";
import { after } from "./timer.ts";
import { buildView } from "./view.ts";

/** How long views are collected before one is sent, ms: a layout change touches many tiles. */
const VIEW_DELAY_MS = 100;

export interface ViewSenderHost {
  send(message: Up): boolean;
  state(): RoomState;
  you(): ParticipantId | undefined;
  /** Whether the person is in the room and has transports to receive on. */
  canLook(): boolean;
}

/** Sends the node what the screen shows, once for each change. */
export class ViewSender {
  readonly #host: ViewSenderHost;
  #videos: readonly VideoView[] | undefined;
  #timer: AbortController | undefined;
  #sent = "";

  constructor(host: ViewSenderHost) {
    this.#host = host;
  }

  /** The videos that the screen shows; empty until a page reports them. */
  get videos(): readonly VideoView[] {
    return this.#videos ?? [];
  }

  show(videos: readonly VideoView[]): void {
    this.#videos = videos;
    this.schedule();
  }

  /** The receiver is new and does not know the view. */
  forget(): void {
    this.#sent = "";
    this.schedule();
  }

  /** Schedules a view because its input has changed. */
  schedule(): void {
    if (this.#timer !== undefined || this.#videos === undefined || !this.#host.canLook()) return;
    this.#timer = new AbortController();
    after(VIEW_DELAY_MS, () => this.#send(), this.#timer.signal);
  }

  close(): void {
    this.#timer?.abort();
  }

  #send(): void {
    this.#timer = undefined;
    if (this.#videos === undefined || !this.#host.canLook()) return;
    const tracks = buildView(this.#videos, this.#host.state(), this.#host.you(), devicePixelRatio);
    const view = JSON.stringify(tracks);
    if (view !== this.#sent && this.#host.send({ type: "view.set", tracks })) this.#sent = view;
  }
}

import assert from "node:assert/strict";
import type {
  Down,
  DownOf,
  NodeId,
  PeerAnswer,
  PeerOffer,
  RttByNode,
  TrackId,
  TrackSource,
  UpOf,
} from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeOffer, makeRtpParameters } from "../media/src/test_person.ts";
import { type Roaming, RoamingClient } from "./roaming_client.ts";
import type { CommandDraft } from "./signal_client.ts";

/** Delay before a command that was refused for lack of media is sent again, ms. */
const RETRY_MS = 100;

/** Longest time that a command can be refused, ms: a dead node is replaced faster. */
const PATIENCE_MS = 30_000;

/** A track that the person publishes. */
interface OwnTrack {
  readonly source: TrackSource;
  muted: boolean;
}

/**
 * A client that behaves like the web app, without real media: publishes, mutes and sets its view over any
 * edge, reconnects when an edge or a node is lost, and knows the expected state. Its requests are carried out
 * in order.
 */
export class MediaPerson implements AsyncDisposable {
  /** The node that carries their media, as last received. */
  nodeId: NodeId | undefined;
  readonly tracks = new Map<TrackId, OwnTrack>();
  /** Heights of the tiles by track, pixels. */
  view = new Map<TrackId, number>();
  readonly name: string;
  readonly #offer: PeerOffer;
  readonly #roaming: RoamingClient;
  readonly #watching: Promise<void>;
  #turn: Promise<void> = Promise.resolve();
  #sendId = "";
  #opening: ReturnType<typeof setTimeout> | undefined;
  #isGone = false;

  private constructor(name: string, roaming: RoamingClient, offer: PeerOffer) {
    this.name = name;
    this.#roaming = roaming;
    this.#offer = offer;
    this.#watching = this.#watch();
  }

  /** Joins a room, with media on the node that is nearest according to `rttByNode`. */
  static async join(
    room: RoomCreated,
    name: string,
    { rttByNode, ...roaming }: Roaming & { readonly rttByNode: RttByNode },
  ): Promise<MediaPerson> {
    const inside = Promise.withResolvers<MediaPerson>();
    const known: { person?: MediaPerson } = {};
    const offer = makeOffer() as PeerOffer;
    const client = await RoamingClient.join(room, name, {
      ...roaming,
      hello: () => ({
        peer: offer,
        rttByNode,
        ...known.person?.path,
      }),
      entered: ({ peer }) => void inside.promise.then((person) => person.#welcomed(peer)),
    });
    const person = known.person = new MediaPerson(name, client, offer);
    inside.resolve(person);
    await person.settled();
    return person;
  }

  /** The media transport, as sent in a hello. */
  get path(): Pick<UpOf<"hello">, "onNode" | "onPath"> {
    return this.nodeId === undefined ? {} : { onNode: this.nodeId, onPath: this.#sendId };
  }

  get client() {
    return this.#roaming.client;
  }

  publish(source: TrackSource): void {
    const trackId = crypto.randomUUID() as TrackId;
    this.tracks.set(trackId, { source, muted: false });
    this.#do(() => this.#publish(trackId));
  }

  mute(trackId: TrackId, muted: boolean): void {
    this.tracks.get(trackId)!.muted = muted;
    this.#do(() => this.#ask({ type: "track.mute", trackId, muted }));
  }

  unpublish(trackId: TrackId): void {
    this.tracks.delete(trackId);
    this.#do(() => this.#ask({ type: "track.unpublish", trackId }));
  }

  show(view: ReadonlyMap<TrackId, number>): void {
    this.view = new Map(view);
    this.#do(() => this.#show());
  }

  /** Loses the connection to the edge, and finds another one. */
  cut(): void {
    this.client.cut();
  }

  /** Leaves the room. */
  async leave(): Promise<void> {
    this.#do(() => this.#ask({ type: "participant.leave" }));
    await this[Symbol.asyncDispose]();
  }

  /** Resolves when all requests are done. */
  async settled(): Promise<void> {
    for (let turn; turn !== this.#turn;) await (turn = this.#turn);
  }

  /** Disappears without leaving. */
  async vanish(): Promise<void> {
    this.#isGone = true;
    clearTimeout(this.#opening);
    await this.#roaming[Symbol.asyncDispose]();
    await this.#watching;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
    await this.vanish();
  }

  #do(act: () => Promise<void>): void {
    this.#turn = this.#turn.then(() => this.#isGone ? undefined : act());
    // `settled` awaits it; until then it must not count as unhandled.
    this.#turn.catch(() => {});
  }

  #welcomed(answer: DownOf<"welcome">["peer"]): void {
    if (answer === "kept") this.#do(() => this.#show());
    else if (answer === null) this.#openAfter(RETRY_MS);
    else this.#moved(answer);
  }

  /** The media moved to another node: publishes everything again there, under the same ids. */
  #moved({ nodeId, send }: PeerAnswer): void {
    this.nodeId = nodeId;
    this.#sendId = send.id;
    this.#do(async () => {
      await Promise.all([...this.tracks.keys()].map((trackId) => this.#publish(trackId)));
      await this.#show();
      if (this.nodeId === nodeId) this.#say({ type: "peer.settled", nodeId });
    });
  }

  /** Not queued: requests made meanwhile wait for it. */
  #openAfter(ms: number): void {
    this.nodeId = undefined;
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => {
      if (this.nodeId === undefined) this.#say({ type: "peer.open", offer: this.#offer });
    }, ms);
  }

  async #publish(trackId: TrackId): Promise<void> {
    const track = this.tracks.get(trackId);
    if (track === undefined) return;
    const { source, muted } = track;
    await this.#ask({
      type: "track.publish",
      trackId,
      source,
      muted,
      rtpParameters: makeRtpParameters(source) as UpOf<"track.publish">["rtpParameters"],
    });
  }

  async #show(): Promise<void> {
    const tracks = [...this.view].map(([trackId, height]) => ({
      trackId,
      width: Math.round(height * 16 / 9),
      height,
      priority: 10,
    }));
    this.#say({ type: "view.set", tracks });
    await Promise.resolve();
  }

  /** Messages lost on the way are sent again after reconnecting to an edge or node. */
  #say(message: UpOf<"view.set" | "peer.settled" | "peer.open">): void {
    if (this.#roaming.isHeard) this.client.send(message);
  }

  /** Retries until done: media may be moving to another node. */
  async #ask(ask: CommandDraft): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#roaming.ask(ask);
      if (answer.type !== "refused" || this.#isGone) return;
      assert.ok(
        answer.code === "media.unavailable" || answer.code === "message.tooFrequent",
        `${ask.type}: ${answer.code}`,
      );
      assert.ok(Date.now() < deadline, `${ask.type} is refused: ${answer.code}`);
      await pause(RETRY_MS);
    }
  }

  async #watch(): Promise<void> {
    const { client } = this;
    let read = 0;
    while (!this.#isGone) {
      await client.until(
        () => client.received.length > read || this.#isGone || client.closed !== undefined,
        Infinity,
      );
      for (; read < client.received.length; read++) this.#hear(client.received[read]!);
      if (client.closed !== undefined) await pause(RETRY_MS);
    }
  }

  #hear(message: Down): void {
    switch (message.type) {
      case "peer.moved":
      case "peer.opened":
        return this.#moved((message as DownOf<"peer.moved">).answer);
      case "peer.closed":
        return this.#openAfter(message.retryAfterMs);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

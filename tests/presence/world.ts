import {
  type JsonObject,
  newCommandId,
  type ParticipantId,
  type PeerOffer,
  randomToken,
  type SpaceId,
  type TrackId,
} from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { eraseIdleRooms } from "../../edge/store/room.ts";
import type { Store } from "../../edge/store/open.ts";
import { makeOffer, makeRtpParameters } from "../../media/src/test_person.ts";
import type { ControlProxy } from "../control_proxy.ts";
import { type CommandDraft, SignalClient } from "../signal_client.ts";
import { Truth } from "./truth.ts";
import { PEOPLE, type Step } from "./step.ts";

/** The spaces that people are moved to. */
const SPACES = ["x", "y"].map((letter) => letter.repeat(16) as SpaceId);

/** The environment of a sequence: two edges on one database, and a media node behind a proxy. */
export interface Ground {
  readonly store: Store;
  readonly origins: readonly [string, string];
  readonly proxy: ControlProxy;
}

/** One device in one tab, with up to two concurrent sockets. */
export interface Someone {
  readonly device: string;
  readonly tab: string;
  readonly address: string;
  readonly sockets: (SignalClient | undefined)[];
  /** Earlier sockets. */
  readonly former: SignalClient[];
  /** All commands that they have sent, as text. */
  readonly said: string[];
  tracks: TrackId[];
}

/** The room and the people of one sequence. */
export class World {
  readonly ground: Ground;
  readonly room: RoomCreated;
  readonly people: readonly Someone[];
  readonly truth: Truth;

  private constructor(ground: Ground, room: RoomCreated, people: readonly Someone[], truth: Truth) {
    this.ground = ground;
    this.room = room;
    this.people = people;
    this.truth = truth;
  }

  static async make(ground: Ground): Promise<World> {
    // From its own address, as behind a proxy, so that rate limits per address do not interfere.
    const address = `10.${crypto.getRandomValues(new Uint8Array(3)).join(".")}`;
    const devices = Array.from({ length: PEOPLE }, randomToken);
    // The last two are two devices of one person.
    devices[PEOPLE - 1] = devices[PEOPLE - 2]!;
    const people = devices.map((device) => ({
      device,
      tab: crypto.randomUUID(),
      address,
      sockets: [undefined, undefined],
      former: [],
      said: [],
      tracks: [],
    }));
    const response = await fetch(`${ground.origins[0]}/v1/rooms`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        cookie: `tafelrunde=${people[0]!.device}`,
        "x-forwarded-for": address,
      },
      body: JSON.stringify({ name: "Rat" }),
      signal: AbortSignal.timeout(20_000),
    });
    const room: RoomCreated = await response.json();
    return new World(ground, room, people, new Truth(ground.store.db, room.room));
  }

  get sockets(): SignalClient[] {
    return this.people.flatMap(({ sockets }) => sockets.filter((socket) => socket !== undefined));
  }

  /** Carries out a step; resolves when the requests are answered. A step that does not apply does nothing. */
  async take(step: Step): Promise<void> {
    const someone = this.people[step.person]!;
    const socket = someone.sockets[step.socket];
    const origin = this.ground.origins[step.edge]!;
    switch (step.kind) {
      case "look":
        return await this.#hello(someone, step.socket, new SignalClient(this.room, someone), origin, false);
      case "direct":
        return await this.#hello(someone, step.socket, new SignalClient(this.room, someone), origin, true);
      case "resume":
        if (socket === undefined) return;
        if (socket.closed === undefined) socket.cut();
        return await this.#hello(someone, step.socket, socket, origin, false);
      case "join":
        return await this.#ask(someone, socket, { type: "participant.join", name: `Person ${step.person}` });
      case "replace": {
        const name = `Person ${step.person}`;
        return await this.#ask(someone, socket, { type: "participant.join", name, replaces: true });
      }
      case "hand":
        return await this.#ask(someone, socket, { type: "hand.raise", raised: step.choice % 3 > 0 });
      case "repeat":
        return await this.#repeat(someone, socket, someone.said, step);
      case "repeatJoin": {
        const joins = someone.said.filter((text) => text.includes('"participant.join"'));
        return await this.#repeat(someone, socket, joins, step);
      }
      case "copy": {
        const other = this.people[(step.person + 1 + step.choice) % PEOPLE]!;
        return await this.#repeat(someone, socket, other.said, step);
      }
      case "leave":
        return await this.#ask(someone, socket, { type: "participant.leave" });
      case "cut":
        return socket?.closed === undefined ? socket?.cut() : undefined;
      case "openPeer": {
        if (socket === undefined || socket.closed !== undefined) return;
        const from = socket.received.length;
        socket.send({ type: "peer.open", offer: makeOffer() as PeerOffer });
        const isAnswer = ({ type }: { type: string }) => type === "peer.opened" || type === "peer.closed";
        return await socket.until(() =>
          socket.closed !== undefined || socket.received.slice(from).some(isAnswer)
        );
      }
      case "publish": {
        const trackId = crypto.randomUUID() as TrackId;
        someone.tracks.push(trackId);
        const rtpParameters = makeRtpParameters("microphone") as JsonObject;
        const muted = step.choice % 2 === 0;
        return await this.#ask(someone, socket, {
          type: "track.publish",
          trackId,
          source: "microphone",
          muted,
          rtpParameters,
        });
      }
      case "mute":
      case "unmute": {
        const trackId = someone.tracks.at(-1);
        const muted = step.kind === "mute";
        return trackId && await this.#ask(someone, socket, { type: "track.mute", trackId, muted });
      }
      case "unpublish": {
        const trackId = someone.tracks.at(-1);
        return trackId && await this.#ask(someone, socket, { type: "track.unpublish", trackId });
      }
      case "chat":
        return await this.#ask(someone, socket, { type: "chat.post", text: "among us" });
      case "back": {
        const participantIds = socket?.you === undefined ? [] : [socket.you];
        if (participantIds.length === 0) return;
        return await this.#ask(someone, socket, { type: "space.move", participantIds, spaceId: null });
      }
      case "erase":
        return await this.#erase();
      default:
        return await this.#moderate(step);
    }
  }

  /** Steps of the owner. */
  async #moderate({ kind, person, choice }: Step): Promise<void> {
    const owner = this.people[0]!;
    const socket = owner.sockets.find((one) => one?.closed === undefined && one?.you !== undefined);
    const participantId = this.people[person]!.sockets.find((one) => one?.you !== undefined)?.you;
    const ask = (asked: CommandDraft) => this.#ask(owner, socket, asked);
    switch (kind) {
      case "waitingRoomOn":
        return await ask({ type: "room.change", settings: { waitingRoom: "everyone" } });
      case "waitingRoomOff":
        return await ask({ type: "room.change", settings: { waitingRoom: "off" } });
      case "chatOff":
        return await ask({ type: "room.change", settings: { chat: "moderators" } });
      case "end":
        return await ask({ type: "room.end" });
      case "close":
        return await ask({ type: "space.close", spaceIds: [...SPACES] });
    }
    if (participantId === undefined) return;
    switch (kind) {
      case "admit":
        return await ask({ type: "waiting.admit", participantId });
      case "decline":
        return await ask({ type: "waiting.decline", participantId, text: "no" });
      case "remove":
      case "ban":
        return await ask({ type: "participant.remove", participantId, ban: kind === "ban" });
      case "promote":
        return await ask({
          type: "role.set",
          participantId,
          role: choice % 2 === 0 ? "moderator" : "participant",
        });
      case "group": {
        const spaceId = SPACES[choice % SPACES.length]!;
        if (socket?.state.spaces[spaceId] === undefined) {
          await ask({ type: "space.open", spaces: [{ spaceId, name: { text: "Group" }, isFree: false }] });
        }
        return await ask({ type: "space.move", participantIds: [participantId], spaceId });
      }
      case "stop": {
        const trackId = this.people[person]!.tracks.at(-1);
        return trackId && await ask({ type: "track.stop", trackId });
      }
    }
  }

  async #hello(
    someone: Someone,
    slot: number,
    socket: SignalClient,
    origin: string,
    isDirect: boolean,
  ): Promise<void> {
    const before = someone.sockets[slot];
    if (before !== socket && before !== undefined) {
      if (before.closed === undefined) before.cut();
      someone.former.push(before);
    }
    someone.sockets[slot] = socket;
    const join = isDirect ? { id: newCommandId(), name: "Direct" } : undefined;
    if (join !== undefined) someone.said.push(JSON.stringify({ type: "participant.join", ...join }));
    const hello = { peer: makeOffer() as PeerOffer, ...join && { join } };
    await socket.enter(origin, hello).catch((error) => {
      if (socket.closed === undefined) throw error;
    });
  }

  async #ask(someone: Someone, socket: SignalClient | undefined, ask: CommandDraft): Promise<void> {
    const text = JSON.stringify({ ...ask, id: newCommandId() });
    if (socket === undefined || socket.closed !== undefined) return;
    someone.said.push(text);
    await this.#say(socket, text);
  }

  async #repeat(
    someone: Someone,
    socket: SignalClient | undefined,
    said: readonly string[],
    { choice }: Step,
  ): Promise<void> {
    if (socket === undefined || socket.closed !== undefined || said.length === 0) return;
    const text = said[choice % said.length]!;
    if (!someone.said.includes(text)) someone.said.push(text);
    await this.#say(socket, text);
  }

  async #say(socket: SignalClient, text: string): Promise<void> {
    const { id } = JSON.parse(text);
    const from = socket.received.length;
    socket.sendText(text);
    await socket.until(() =>
      socket.closed !== undefined ||
      socket.received.slice(from).some((message) => "cause" in message && message.cause === id)
    );
  }

  /** Expires the retention of a room that nobody is in. */
  async #erase(): Promise<void> {
    const { db } = this.ground.store;
    const id = this.room.room;
    const { state } = await this.truth.read();
    if (Object.keys({ ...state.participants, ...state.waiting }).length > 0) return;
    await db.updateTable("room").set({ idle_since: new Date(0) }).where("id", "=", id).execute();
    await eraseIdleRooms(db, 1_000);
  }

  /** The ids that a person has had in this room. */
  idsOf(someone: Someone): Set<ParticipantId> {
    const ids = [...someone.former, ...someone.sockets].flatMap((socket) => socket?.you ?? []);
    return new Set(ids);
  }

  /** Disconnects everyone without leaving. */
  leave(): void {
    for (const socket of this.sockets) if (socket.closed === undefined) socket.cut();
  }
}

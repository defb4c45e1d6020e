import { type LinkSecret, newCommandId, parseDown, randomToken } from "@tafelrunde/protocol";
import { EdgeProcess } from "../edge_process.ts";
import { createRoom, SignalClient } from "../signal_client.ts";
import { Caller } from "./caller.ts";
import type { Recorded } from "../../tools/fuzz/corpus.ts";
import { type Asked, FalseNode, type Lies } from "./false_node.ts";
import type { Frame } from "./mutate.ts";
import { type Plan, Story } from "./plan.ts";
import { connect, idOf } from "./requests.ts";

/** Nodes that lie to one edge or node: after a violation it reconnects to them only after 2 s or more. */
const LIARS = 16;

/** One response in this many is a lie; the others lead to further states about which nodes can lie. */
const LIES_OF_ANSWERS = 2;

/** Lies to every client until `plan` is over; then refuses everything. */
class Liar implements Lies {
  readonly #plan: Plan;
  readonly #answers: readonly Recorded[];
  readonly #notices: readonly Recorded[];
  readonly #nodeId: string;
  #rooms: string[] = [];
  #peers: string[] = [];
  readonly #tracks = Array.from({ length: 3 }, () => crypto.randomUUID());

  constructor(plan: Plan, nodeId: string, answers: readonly Recorded[], notices: readonly Recorded[]) {
    this.#plan = plan;
    this.#nodeId = nodeId;
    this.#answers = answers;
    this.#notices = notices;
  }

  answer({ id, type, roomId, peerId }: Asked): Frame | undefined {
    if (roomId !== undefined) this.#rooms = [roomId, ...this.#rooms].slice(0, 4);
    if (peerId !== undefined) this.#peers = [peerId, ...this.#peers].slice(0, 8);
    if (this.#plan.isOver) return JSON.stringify({ id, refused: "node.failed" });
    const fitting = this.#answers.filter(({ of }) => of === type);
    const { random } = this.#plan;
    if (fitting.length === 0) return JSON.stringify({ id, ok: null });
    if (random.below(LIES_OF_ANSWERS) > 0) {
      return JSON.stringify({ ...this.#plan.adapted(random.pick(fitting).message, this.#real()), id });
    }
    this.#plan.sent++;
    return this.#plan.frame(fitting, { ...this.#real(), id: () => id });
  }

  notice(): Frame | undefined {
    if (this.#plan.isOver || this.#peers.length === 0) return undefined;
    this.#plan.sent++;
    return this.#plan.frame(this.#notices, this.#real());
  }

  #real() {
    const { random } = this.#plan;
    return {
      roomId: () => random.pick(this.#rooms),
      peerId: () => random.pick(this.#peers),
      trackId: () => random.pick(this.#tracks),
      nodeId: () => this.#nodeId,
    };
  }
}

/**
 * Media nodes that hold the key lie to an edge while participants come and go. `entry`: how it is served.
 * Rejects with a Finding.
 */
export async function lieToEdge(
  env: Readonly<Record<string, string>>,
  entry: "edge/main.ts" | "edge/deploy.ts",
  plan: Plan,
  check: (edge: EdgeProcess) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const { random, corpus } = plan;
  const notices = corpus.notice.filter(({ of }) => of !== "load");
  const nodes: FalseNode[] = [];
  for (let n = 0; n < LIARS; n++) {
    const nodeId = `liar-${n}`;
    nodes.push(stack.use(await FalseNode.start(nodeId, new Liar(plan, nodeId, corpus.answer, notices))));
  }
  const MEDIA_NODES = nodes.map(({ url }) => url).join(",");
  const edge = stack.use(await EdgeProcess.start({ ...env, MEDIA_NODES }, { entry }));
  const room = await createRoom(edge.origin);
  const hellos = corpus.client.filter(({ of, message }) =>
    of === "hello" && typeof message["peer"] === "object"
  );
  await plan.run(6, async () => {
    const device = randomToken();
    const story = new Story();
    const caller = await Caller.open(`${edge.origin.replace("http", "ws")}/v1/signal`, story, {
      cookie: `tafelrunde=${device}`,
      "x-forwarded-for": `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    });
    const tracks = Array.from({ length: 3 }, () => crypto.randomUUID());
    const real = {
      room: () => room.room,
      link: () => room.link as LinkSecret,
      tab: () => crypto.randomUUID(),
      id: () => newCommandId(),
      trackId: () => random.pick(tracks),
      onNode: () => `liar-${random.below(LIARS)}`,
    };
    const said = [
      ...hellos.slice(0, 1),
      ...[
        "participant.join",
        "track.publish",
        "view.set",
        "peer.open",
        "track.publish",
        "transport.restart",
        "track.mute",
      ]
        .map((type) => random.pick(corpus.client.filter(({ of }) => of === type))),
    ];
    for (const { message } of said) {
      const n = random.below(1e9);
      // Sent as recorded except for the names: the faults come from the nodes.
      caller.send(
        JSON.stringify({
          ...plan.adapted(message, real),
          ...("room" in message && { room: room.room, link: room.link }),
        }),
      );
      caller.say({ type: "ping", n });
      await caller.until(
        "a pong",
        () => caller.heard.some((text) => text === JSON.stringify({ type: "pong", n })),
      );
      for (const text of caller.heard.splice(0)) {
        try {
          parseDown(text);
        } catch (error) {
          throw story.found(`a lie came through to a client (${error}): ${text.slice(0, 1_500)}`);
        }
      }
      if (caller.closedWith === 1011) {
        throw story.found("a lie of a node was taken for the edge's own fault (1011)");
      }
    }
    caller.end();
  });
  await check(edge);
  const after = await new SignalClient(await createRoom(edge.origin)).join(edge.origin, "Afterwards");
  await after.ask({ type: "chat.post", text: "all is well" });
  await after.close();
}

/**
 * A node that holds the key lies to the media node at `url`, which consumes its tracks. Rejects with a
 * Finding.
 */
export async function lieToNode(url: string, plan: Plan): Promise<void> {
  const { random, corpus } = plan;
  await using stack = new AsyncDisposableStack();
  const liars: FalseNode[] = [];
  for (let n = 0; n < LIARS; n++) {
    const lies = new Liar(plan, `liar-${n}`, corpus.cascadeAnswer, corpus.cascadeNotice);
    liars.push(stack.use(await FalseNode.start(`liar-${n}`, lies)));
  }
  let lastId = 0;
  let version = 0;
  const opening = corpus.request.filter(({ of }) => of === "peer.open");
  await plan.run(2, async () => {
    const caller = await connect(url, undefined, idOf(random, 16));
    const roomId = `room-${random.pick(["aaaa", "bbbb", "cccc"])}-liar`;
    const placement = {
      version: ++version,
      nodes: liars.map(({ profile }) => profile.address),
      residency: { regions: null, jurisdictions: null },
    };
    for (let n = 0; n < 4 && !caller.isClosed; n++) {
      const peerId = random.pick(["p", "q", "r"]).repeat(26);
      for (
        const message of [
          {
            ...random.pick(opening).message,
            roomId,
            peerId,
            placement,
            beside: null,
            live: true,
            blind: false,
          },
          { type: "room.place", roomId, placement: { ...placement, version: ++version } },
          { type: "peer.close", roomId, peerId },
        ]
      ) {
        const id = ++lastId;
        caller.send(JSON.stringify({ ...message, id }));
        await caller.until(
          `an answer to ${id}`,
          () => caller.heard.some((text) => text.startsWith(`{"id":${id},`)),
        );
        if (caller.isClosed) throw caller.story.found(`closed with ${caller.closedWith}`);
        // Waits until the liar has sent something about the room; it may be waiting for the reconnection.
        const until = { sent: plan.sent + 5, at: Date.now() + 2_500 };
        while (message.type === "room.place" && plan.sent < until.sent && Date.now() < until.at) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }
    caller.end();
  });
}

import {
  CLOSE,
  commands,
  newCommandId,
  NEWEST_CLIENT_VERSION,
  parseDown,
  parseUp,
  PROTOCOL_VERSION,
  ProtocolFault,
  randomToken,
} from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import type { Recorded } from "../../tools/fuzz/corpus.ts";
import { Caller } from "./caller.ts";
import type { Frame } from "./mutate.ts";
import { type Plan, Story } from "./plan.ts";

/** Concurrent clients, and frames of each before the next connects. */
const AT_ONCE = 8;
const FRAMES_EACH = 7;

/** Clients per room: each that joins stays on its list for 20 s. */
const PEOPLE_PER_ROOM = 150;

/**
 * Sends frames to the signaling socket at `origin`, whose edge trusts `x-forwarded-for`. Rejects with a
 * Finding.
 */
export async function fuzzSignal(origin: string, plan: Plan): Promise<void> {
  const { random, corpus } = plan;
  let room: RoomCreated | undefined;
  let visits = 0;
  let pings = 0;
  const someAddress = () => `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`;
  const openRoom = async (device: string) => {
    const response = await fetch(`${origin}/v1/rooms`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-forwarded-for": someAddress(),
        cookie: `tafelrunde=${device}`,
      },
      body: "{}",
    });
    if (response.status !== 201) {
      throw new Story().found(`no room: ${response.status} ${await response.text()}`);
    }
    return await response.json() as RoomCreated;
  };
  await plan.run(AT_ONCE, async () => {
    const device = randomToken();
    // The client that opens a room owns it, and has all rights.
    const isOwner = room === undefined || ++visits % PEOPLE_PER_ROOM === 0;
    if (isOwner) room = await openRoom(device);
    const { room: roomId, link } = room!;
    const caller = await Caller.open(`${origin.replace("http", "ws")}/v1/signal`, new Story(), {
      cookie: `tafelrunde=${device}`,
      "x-forwarded-for": someAddress(),
    });
    const known: string[] = [];
    const tracks = Array.from({ length: 3 }, () => crypto.randomUUID());
    const real = {
      room: () => roomId,
      link: () => link,
      tab: () => crypto.randomUUID(),
      id: () => newCommandId(),
      trackId: () => random.pick(tracks),
      participantId: () => known.length === 0 ? "a".repeat(26) : random.pick(known),
      onNode: () => "local",
      since: () => random.below(4),
      version: () => random.below(2) === 0 ? PROTOCOL_VERSION : NEWEST_CLIENT_VERSION,
    };
    /** Occasionally a command of a newer release: a current one under another name. */
    const frameOf = (recorded: readonly Recorded[]) => {
      if (random.below(8) > 0) return plan.frame(recorded, real);
      const { message } = random.pick(recorded);
      return plan.frame(
        [{ of: "foreign", message: { ...message, type: "quiz.open", id: newCommandId() } }],
        real,
      );
    };
    const typeOf = (type: string) => random.pick(corpus.client.filter(({ of }) => of === type)).message;
    let read = 0;
    const readOn = () => {
      for (; read < caller.heard.length; read++) {
        try {
          const message = parseDown(caller.heard[read]!);
          if (message.type === "welcome") known.push(message.you);
          if (message.type === "participant.joined" && known.length < 20) known.push(message.participantId);
        } catch (error) {
          throw caller.story.found(
            `the edge said what is no message (${error}): ${caller.heard[read]!.slice(0, 500)}`,
          );
        }
      }
    };
    const send = async (frame: Frame) => {
      const before = caller.heard.length;
      await plan.count();
      caller.send(frame);
      const n = ++pings;
      caller.say({ type: "ping", n });
      const pong = JSON.stringify({ type: "pong", n });
      await caller.until("a pong", () => caller.heard.slice(before).includes(pong));
      const cause = commandIn(frame);
      if (cause !== undefined) {
        const answer = `"cause":${JSON.stringify(cause)}`;
        await caller.until(
          `an answer to ${cause}`,
          () => caller.heard.slice(before).some((text) => text.includes(answer)),
        );
      }
      if (caller.closedWith === CLOSE.internal.code) {
        throw caller.story.found("the edge closed with 1011, its own fault");
      }
      readOn();
    };
    if (isOwner || random.below(4) > 0) await send(JSON.stringify(plan.adapted(typeOf("hello"), real)));
    if (!caller.isClosed && random.below(4) > 0) {
      await send(JSON.stringify(plan.adapted(typeOf("participant.join"), real)));
    }
    for (let n = 0; n < FRAMES_EACH && !caller.isClosed; n++) await send(frameOf(corpus.client));
    caller.end();
  });
}

/** The id of the command in a frame, of whatever release; undefined: it is none. */
function commandIn(frame: Frame): string | undefined {
  if (typeof frame !== "string") return undefined;
  try {
    const message = parseUp(frame);
    const isCommand = message.type === "foreign" || Object.hasOwn(commands, message.type);
    return isCommand && "id" in message ? message.id : undefined;
  } catch (error) {
    if (error instanceof ProtocolFault) return undefined;
    throw error;
  }
}

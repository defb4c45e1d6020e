/** Attacks by participants in their own rooms: by writing, pinging or publishing. */
import { randomBytes } from "node:crypto";
import { makeOffer, makeRtpParameters } from "../../media/src/test_person.ts";
import { type Attacker, Open, pause, type Until } from "./attacker.ts";

/**
 * Rooms written to concurrently, and how often each participant writes: somewhat more than one socket is
 * granted.
 */
const WRITING = { rooms: 40, everyMs: 30, characters: 3_900 };

/** Sockets that send concurrently, and how often each does. */
const ASKING = { sockets: 200, everyMs: 40 };

/** Sources of the tracks that one participant publishes. */
const SOURCES = ["microphone", "camera", "screen", "screenAudio"] as const;

/** Participants per publishing room, and number of such rooms. */
const PUBLISHING = { people: 13, rooms: 8 };

/** Anonymous rooms whose participants write as much as is accepted; once no more is, in new rooms. */
export function anonymousRooms(attacker: Attacker) {
  return Promise.resolve((until: Until) =>
    attacker.flood(WRITING.rooms, until, async () => {
      let refused = 0;
      const socket = await attacker.join(await attacker.makeRoom(), {
        onText: (text) => {
          if (text.startsWith('{"type":"refused"')) refused++;
          else if (text.includes('"chat.posted"')) attacker.count("written");
        },
      });
      const text = randomBytes(WRITING.characters).toString("base64").slice(0, WRITING.characters);
      while (!until.aborted && socket.readyState === socket.OPEN && refused < 5) {
        socket.send(JSON.stringify({ type: "chat.post", id: crypto.randomUUID(), text }));
        await pause(WRITING.everyMs);
      }
      socket.terminate();
      return refused < 5 ? "closed" : "refused";
    })
  );
}

/** Signaling sockets that ping as fast as allowed, and reconnect when closed. */
export async function sockets(attacker: Attacker) {
  const room = await attacker.makeRoom();
  const url = `ws://127.0.0.1:${attacker.target.edgePort}/v1/signal`;
  return (until: Until) =>
    attacker.flood(ASKING.sockets, until, async (n) => {
      const socket = n % 4 === 0 ? await attacker.join(room) : await attacker.openSocket(url);
      while (!until.aborted && socket.readyState === socket.OPEN) {
        socket.send('{"type":"ping","n":1}');
        await pause(ASKING.everyMs);
      }
      socket.terminate();
      return "closed";
    });
}

/** Rooms full of participants who publish as many tracks as allowed, send nothing, and keep rejoining. */
export async function tracks(attacker: Attacker) {
  const rooms = await Promise.all(Array.from({ length: PUBLISHING.rooms }, () => attacker.makeRoom()));
  return async (until: Until) => {
    const open = new Open(PUBLISHING.rooms * PUBLISHING.people);
    await attacker.flood(8, until, async (n) => {
      const room = rooms[n % rooms.length]!;
      let refused = 0;
      const socket = await attacker.join(room, {
        peer: makeOffer(),
        onText: (text) => {
          if (text.includes('"refused"')) refused++;
        },
      });
      const held = open.add(() => socket.terminate());
      socket.once("close", () => open.delete(held));
      for (const source of SOURCES) {
        socket.send(JSON.stringify({
          type: "track.publish",
          id: crypto.randomUUID(),
          trackId: crypto.randomUUID(),
          source,
          muted: false,
          rtpParameters: makeRtpParameters(source),
        }));
        await pause(10);
      }
      if (refused > 0) attacker.count("refused");
      return "published";
    });
    open.endAll();
  };
}

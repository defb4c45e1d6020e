/** Attacks by people in rooms of their own: who write, who ping, who publish. */
import { randomBytes } from "node:crypto";
import { makeOffer, makeRtpParameters } from "../../media/src/test_person.ts";
import { type Attacker, Open, pause, type Until } from "./attacker.ts";

/** Rooms that are written to at once, and how often each person writes: somewhat more than one socket is granted. */
const WRITING = { rooms: 40, everyMs: 30, characters: 3_900 };

/** Sockets that ask at once, and how often each does. */
const ASKING = { sockets: 200, everyMs: 40 };

/** Sources of the tracks that one person publishes. */
const SOURCES = ["microphone", "camera", "screen", "screenAudio"] as const;

/** People in each room of those who publish, and how many of such rooms there are. */
const PUBLISHING = { people: 13, rooms: 8 };

/** Anonymous rooms whose people write as much as they are let; where no more is taken, in new ones. */
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

/** Signaling sockets that ping as fast as they are let, and come again when they are closed. */
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

/** Rooms full of people who publish all they may, send nothing, and come again without end. */
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

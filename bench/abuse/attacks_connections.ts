/** Attacks with connections: many, silent ones, ones that read nothing, and those to a media node. */
import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import { type Attacker, Open, pause, type Until } from "./attacker.ts";

/** Most connections held: more than an edge grants one address. */
const HELD = 6_000;

/** Connections opened in parallel. */
const MAKING = 16;

/** Chat that fills a room's state: messages, and characters of each. */
const CHAT = { messages: 60, characters: 3_900 };

/** Holds TCP connections open, some with an incomplete request; opens new ones continuously. */
async function hold(
  attacker: Attacker,
  until: Until,
  { port, most, begin }: {
    readonly port: number;
    readonly most: number;
    readonly begin: (n: number) => string;
  },
): Promise<void> {
  const open = new Open(most);
  await attacker.flood(MAKING, until, async (n) => {
    const socket = await attacker.connect(port);
    const held = open.add(() => socket.destroy());
    socket.once("close", () => open.delete(held));
    const text = begin(n);
    if (text !== "") socket.write(text);
    // As fast as a scanner; without the pause the generator only exhausts its own descriptors.
    await pause(1);
    return "connected";
  });
  open.endAll();
}

/** Connections that send nothing, part of a request, or part of a body. */
export function idleConnections(attacker: Attacker) {
  const beginnings = [
    "",
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "POST /v1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
  ];
  return Promise.resolve((until: Until) =>
    hold(attacker, until, {
      port: attacker.target.edgePort,
      most: HELD,
      begin: (n) => beginnings[n % beginnings.length]!,
    })
  );
}

/**
 * Hellos to a room with a full chat, four per connection, whose responses are never read: by plain requests,
 * and by sockets that stop reading.
 */
export async function unreadAnswers(attacker: Attacker) {
  const { target } = attacker;
  const room = await attacker.makeRoom();
  const writer = await attacker.join(room);
  for (let n = 0; n < CHAT.messages; n++) {
    const text = `${n} ${randomBytes(CHAT.characters).toString("base64").slice(0, CHAT.characters)}`;
    writer.send(JSON.stringify({ type: "chat.post", id: crypto.randomUUID(), text }));
    await pause(20);
  }
  const hello = JSON.stringify({
    version: target.version,
    room: room.room,
    link: room.link,
    tab: crypto.randomUUID(),
    peer: "none",
    join: { id: crypto.randomUUID(), name: "Mallory" },
  });
  const request = [
    `POST /v1/rooms/${room.room}/hello HTTP/1.1`,
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    `Content-Length: ${hello.length}`,
    "",
    hello,
  ].join("\r\n");
  return async (until: Until) => {
    const open = new Open(1_000);
    const asking = attacker.flood(MAKING / 2, until, async () => {
      const socket = await attacker.connect(target.edgePort);
      socket.pause();
      const held = open.add(() => socket.destroy());
      socket.once("close", () => open.delete(held));
      for (let n = 0; n < 4; n++) socket.write(request);
      await pause(10);
      return "asked";
    });
    const listening = attacker.flood(MAKING / 2, until, async () => {
      const socket = await attacker.join(room);
      socket.pause();
      const held = open.add(() => socket.terminate());
      socket.once("close", () => open.delete(held));
      return "joined";
    });
    await Promise.all([asking, listening]);
    open.endAll();
  };
}

/**
 * Connections to the control port that do not authenticate: silent, with a wrong proof, with malformed
 * messages.
 */
export function control(attacker: Attacker) {
  const { controlPort } = attacker.target;
  const auth = {
    type: "auth",
    edgeId: "aaaaaaaaaaaaaaaa",
    nonce: randomBytes(16).toString("base64url"),
    proof: randomBytes(32).toString("base64url"),
  };
  return Promise.resolve(async (until: Until) => {
    const holding = hold(attacker, until, { port: controlPort, most: 1_500, begin: () => "" });
    const lying = attacker.flood(MAKING, until, async (n) => {
      const socket = await attacker.openSocket(`ws://127.0.0.1:${controlPort}`);
      socket.send(n % 2 === 0 ? JSON.stringify(auth) : "x".repeat(60_000));
      return await closed(socket);
    });
    await Promise.all([holding, lying]);
  });
}

/** Continuous echoes at the latency probe port. */
export function probes(attacker: Attacker) {
  const { probePort } = attacker.target;
  return Promise.resolve(async (until: Until) => {
    const holding = hold(attacker, until, { port: probePort, most: 1_500, begin: () => "" });
    const echoing = attacker.flood(MAKING, until, async () => {
      const socket = await attacker.openSocket(`ws://127.0.0.1:${probePort}/probe`);
      for (let n = 0; n < 40; n++) socket.send("x".repeat(60));
      return await closed(socket);
    });
    await Promise.all([holding, echoing]);
  });
}

/** Resolves with the close code of a socket. */
function closed(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => socket.once("close", (code: number) => resolve(`closed ${code}`)));
}

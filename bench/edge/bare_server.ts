/**
 * The baseline of an edge: `ws` on Deno's node:http that forwards messages from one socket of a room to all
 * of them, and nothing else.
 */
import { createServer } from "node:http";
import process from "node:process";
import { type WebSocket, WebSocketServer } from "ws";

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer();
const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024, perMessageDeflate: false });
sockets.on("connection", (socket: WebSocket, request: { url?: string }) => {
  const name = request.url ?? "";
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on("message", (data: Uint8Array, isBinary: boolean) => {
    for (const member of room) member.send(data, { binary: isBinary });
  });
  socket.on("close", () => room.delete(socket));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(JSON.stringify({ event: "ready", port: typeof address === "object" ? address?.port : 0 }));
});
process.stdin.on("end", () => process.exit(0)).resume();

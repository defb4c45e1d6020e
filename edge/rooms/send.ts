import type { CommandId, Down, DownOf, Refusal } from "@tafelrunde/protocol";
import type { Metrics } from "../metrics.ts";
import type { Socket } from "./socket.ts";

/** Sends a message to one client. */
export function send(socket: Socket, message: Down): void {
  socket.send(JSON.stringify(message));
}

/** Sends a refusal to a client, and counts it. `cause`: the command; null: not for a command. */
export function sendRefusal(
  socket: Socket,
  metrics: Metrics,
  cause: CommandId | null,
  { refused: code, ...rest }: Refusal,
): void {
  metrics.refused.inc({ code });
  send(socket, { type: "refused", cause, code, ...rest } satisfies DownOf<"refused">);
}

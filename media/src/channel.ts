import { CLOSE, parse, ProtocolFault, requestIdOf } from "@tafelrunde/protocol";
import { LogBudget } from "@tafelrunde/protocol/process/log_budget";
import { textOf } from "@tafelrunde/protocol/process/request_channel";
import { MAX_CONTROL_BYTES } from "@tafelrunde/protocol/media";
import type * as v from "valibot";
import type { RawData, WebSocket } from "ws";
import { attend, guarded, reportFault } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";

/** Most bytes that can be queued for one reader: a few seconds of everything that a full node sends. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Most concurrent requests on one connection. */
export const MAX_REQUESTS = 5_000;

/** The sending side of a connection. */
export interface RequestConnection {
  send(text: string): void;
  /** Closes the connection because a newer one of the same peer replaced it. */
  replace(): void;
}

/** Handles the requests of an authenticated connection. */
export interface RequestHandler<Request extends { id: number }, Outcome extends object> {
  readonly schemas: Readonly<Record<string, v.GenericSchema>>;
  /** Never rejects. */
  handle(request: Request): Promise<Outcome>;
  /** The response when too many requests are running, and when a response is too long to send. */
  readonly overloaded: Outcome;
  /** The response to a malformed request. */
  readonly malformed: Outcome;
}

/** Limits the log lines that other parties' faults cause, per kind and minute. */
const budget = new LogBudget();

/** Logs a fault of the other side, at most a few times a minute. */
export function logSparsely(log: Log, event: string, fields: Record<string, unknown> = {}): void {
  const may = budget.take(event);
  if (may !== undefined) log.warn(event, { ...fields, ...may.leftOut > 0 && may });
}

/**
 * Responds to each request on `socket` once. A connection carries many rooms, so it stays open when a message
 * is malformed (answered if it has an id, otherwise dropped) and when a message is too long to send.
 */
export function serveRequests<Request extends { id: number }, Outcome extends object>(
  socket: WebSocket,
  { schemas, handle, overloaded, malformed }: RequestHandler<Request, Outcome>,
  log: Log,
): RequestConnection {
  let underWay = 0;
  const send = (text: string) => {
    if (socket.readyState !== socket.OPEN) return;
    if (Buffer.byteLength(text) > MAX_CONTROL_BYTES) {
      logSparsely(log, "channel.tooLong");
      const id = requestIdOf(text);
      if (id !== undefined) socket.send(JSON.stringify({ id, ...overloaded }));
    } else if (socket.bufferedAmount > MAX_WAITING_BYTES) {
      log.warn("channel.slow");
      socket.close(CLOSE.slowReader.code);
      socket.terminate();
    } else socket.send(text);
  };
  const answer = (id: number, outcome: Outcome) => send(JSON.stringify({ id, ...outcome }));
  const end = () => socket.close(CLOSE.internal.code);
  const read = (data: RawData, isBinary: boolean): Request | undefined => {
    try {
      return parse(schemas, textOf(data, isBinary)) as Request;
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      logSparsely(log, "channel.malformed", { reason: error.message });
      const id = isBinary ? undefined : requestIdOf(data.toString());
      if (id !== undefined) answer(id, malformed);
      return undefined;
    }
  };
  const receive = (data: RawData, isBinary: boolean) => {
    const request = read(data, isBinary);
    if (request === undefined) return;
    const { id } = request;
    if (underWay >= MAX_REQUESTS) return answer(id, overloaded);
    underWay += 1;
    const done = handle(request).then((outcome) => answer(id, outcome)).finally(() => underWay -= 1);
    attend(log, "channel", done, end);
  };
  socket.on("message", guarded(log, "channel", receive, end));
  return { send, replace: () => socket.close(CLOSE.replaced.code) };
}

/** Closes a connection after a protocol violation by the other side or a fault of our own. */
export function fail(socket: WebSocket, error: unknown, log: Log): void {
  if (error instanceof ProtocolFault) {
    log.warn("channel.malformed", { reason: error.message });
    socket.close(CLOSE.malformed.code);
  } else {
    reportFault(log, "channel", error);
    socket.close(CLOSE.internal.code);
  }
}

/**
 * Pings every `intervalMs` until the socket closes, and terminates it when a ping is still unanswered at the
 * next. The returned function stops the pings.
 */
export function makePings(socket: WebSocket, intervalMs: number, log: Log): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const ping = () => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  };
  const timer = setInterval(guarded(log, "job", ping, () => socket.terminate()), intervalMs);
  return () => clearInterval(timer);
}

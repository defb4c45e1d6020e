import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

/** A mail as received. */
export interface TakenMail {
  readonly to: readonly string[];
  /** The bytes between DATA and the dot. */
  readonly raw: string;
  readonly email: Email;
}

/** How a server behaves. */
export type SinkMood =
  | "well"
  /** 450 to every recipient: try again later. */
  | "busy"
  /** 550 to every recipient: no such mailbox. */
  | "strict"
  /** Closes the connection in the middle of the text. */
  | "dying"
  /** Accepts the mail and closes the connection before it says so. */
  | "forgetful"
  /** Accepts the mail and does not respond. */
  | "silent";

/** An SMTP server for tests. */
export interface SmtpSink extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly taken: readonly TakenMail[];
  mood: SinkMood;
  /** Resolves when `count` mails have been accepted since the start. */
  waitFor(count: number): Promise<void>;
  /** Number of mails that clients began to hand over. */
  readonly attempts: number;
  /** Resolves when `count` mails have been begun since the start. */
  waitForAttempts(count: number): Promise<void>;
}

/** Starts a server on the loopback interface; `port` 0: a free one. */
export async function startSmtpSink(port = 0): Promise<SmtpSink> {
  const taken: TakenMail[] = [];
  const waiting = new Set<() => void>();
  let attempts = 0;
  const wake = () => {
    for (const look of waiting) look();
  };
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const breakOff = (session: SMTPServerSession) => {
    for (const connection of server.connections) {
      if (connection.session.id === session.id) connection.close();
    }
  };
  const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    closeTimeout: 100,
    logger: false,
    onRcptTo({ address }, _session, done) {
      attempts++;
      wake();
      if (sink.mood === "busy") return done(refusal(450, `<${address}> is busy`));
      if (sink.mood === "strict") return done(refusal(550, `<${address}> is not here`));
      done();
    },
    onData(stream, session, done) {
      if (sink.mood === "dying") {
        stream.once("data", () => breakOff(session));
        stream.resume();
        return;
      }
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = new TextDecoder().decode(new Uint8Array(chunks.flatMap((chunk) => [...chunk])));
        void PostalMime.parse(raw).then((email) => {
          taken.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, email });
          if (sink.mood === "forgetful") breakOff(session);
          else if (sink.mood !== "silent") done();
          wake();
        });
      });
    },
  });
  // Connections closed by tests report an error here too.
  server.on("error", () => {});
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const actual = (server.server.address() as AddressInfo).port;
  const sink: SmtpSink = {
    url: `smtp://127.0.0.1:${actual}`,
    port: actual,
    taken,
    mood: "well",
    get attempts() {
      return attempts;
    },
    waitFor: (count) => until(() => taken.length >= count),
    waitForAttempts: (count) => until(() => attempts >= count),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return sink;
}

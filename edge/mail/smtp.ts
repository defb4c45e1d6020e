import { connect } from "node:net";
import nodemailer, { type SMTPTransportOptions } from "nodemailer";
import type { WrittenMail } from "./mail.ts";
import { MAIL_PORTS } from "./port.ts";

/** How long a server may keep silent. After a message it may have taken, giving up early means sending it twice. Source: RFC 5321 §4.5.3.2.6. */
export const SILENCE_MS = 10 * 60_000;

/** How long a server may take to be reached and to greet, ms. */
const CONNECT_MS = 30_000;

/** Connections to the server at once. */
export const CONNECTIONS = 3;

/** Why a mail was not taken. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
  /** The reader's address is wrong, or nobody wants this mail: there is no use in trying again. */
  readonly isFinal: boolean;
  /** SMTP reply code, or what nodemailer calls the failure: fit for logs, since servers' texts quote addresses. */
  readonly reason: string;

  constructor(isFinal: boolean, reason: string) {
    super(reason);
    this.isFinal = isFinal;
    this.reason = reason;
  }
}

/** A mail on its way out. */
export interface Post extends AsyncDisposable {
  /** Hands a mail over to the server, which answers for it then. `id` becomes its Message-ID. Throws MailRefused. */
  send(id: string, mail: WrittenMail, signal: AbortSignal): Promise<void>;
}

/** Sends over SMTP. `url`: SMTP_URL, `from`: MAIL_FROM. */
export function makeSmtpPost(url: string, from: string): Post {
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    getSocket: socketsTo(url),
    // A password is never sent in clear, whoever strips STARTTLS from what the server offers.
    requireTLS: new URL(url).username !== "",
    // Whether and when to try again is for the queue to say: it outlives this process.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  }, { from });
  const domain = /@([^>@]+)>?$/.exec(from)?.[1] ?? "localhost";
  return {
    async send(id, { to, replyTo, subject, text, html, calendar, stop }, signal) {
      try {
        await transport.sendMail({
          to,
          ...replyTo && { replyTo },
          subject,
          text,
          html,
          ...calendar &&
            { icalEvent: { method: calendar.method, content: calendar.text, filename: "invite.ics" } },
          messageId: `<${id}@${domain}>`,
          // Nobody's absence notes, please. Source: RFC 3834 §5, and Microsoft's [MS-OXCMAIL] for the other.
          headers: {
            "auto-submitted": "auto-generated",
            "x-auto-response-suppress": "All",
            // One press in the reader's program says no. Source: RFC 8058.
            ...stop && {
              "list-unsubscribe": `<${stop.oneClickUrl}>`,
              "list-unsubscribe-post": "List-Unsubscribe=One-Click",
            },
          },
          signal,
        });
      } catch (error) {
        throw refusedBy(error);
      }
    },
    [Symbol.asyncDispose]() {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** Connects to the server by its name: what Deno lets this process do. The library would look the name up and connect to what it finds. */
function socketsTo(url: string): NonNullable<SMTPTransportOptions["getSocket"]> {
  const { protocol, hostname, port } = new URL(url);
  const address = { host: hostname, port: Number(port) || MAIL_PORTS[protocol] || 25 };
  return (_options, done) => {
    const socket = connect({ ...address, timeout: CONNECT_MS });
    socket.once("error", done);
    socket.once("timeout", () => socket.destroy(new Error("The mail server does not answer.")));
    socket.once("connect", () => {
      socket.off("error", done);
      socket.removeAllListeners("timeout");
      socket.setTimeout(0);
      done(null, { connection: socket });
    });
  };
}

/** What a failure of nodemailer means. Only what a server says of this reader or this message is final: the rest may be mended. */
function refusedBy(error: unknown): MailRefused {
  if (!(error instanceof Error)) return new MailRefused(false, "unknown");
  const { responseCode, code, command } = error as
    & Error
    & Record<"responseCode" | "code" | "command", unknown>;
  const isFinal = typeof responseCode === "number" && responseCode >= 500 &&
    (command === "RCPT TO" || command === "DATA");
  return new MailRefused(
    isFinal,
    [responseCode, code, command].filter((part) => part !== undefined).join(" "),
  );
}

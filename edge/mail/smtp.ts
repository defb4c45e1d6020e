import { connect, isIP } from "node:net";
import nodemailer, { type SMTPTransportOptions } from "nodemailer";
import { causeOf } from "../cause.ts";
import { type TlsServer, whyNoTls } from "./handshake.ts";
import type { WrittenMail } from "./mail.ts";
import { MAIL_PORTS } from "./port.ts";

/** How long a server may keep silent. After a message it may have taken, giving up early means sending it twice. Source: RFC 5321 §4.5.3.2.6. */
export const SILENCE_MS = 10 * 60_000;

/** How long a server may take to be reached and to greet, ms. */
const CONNECT_MS = 30_000;

/** How long a connection is kept for the next mail, ms: of one that is idle for long nobody knows whether it is still there. */
const IDLE_MS = 5_000;

/** Connections to the server at once. */
export const CONNECTIONS = 3;

/** Why a mail was not taken. */
export class MailRefused extends Error {
  override readonly name = "MailRefused";
  /** The reader's address is wrong, or nobody wants this mail: there is no use in trying again. */
  readonly isFinal: boolean;
  /** What happened, fit for logs: of what servers write, which quotes addresses, it has the codes only. */
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

/** Who sends over SMTP, and by which server. */
export interface SmtpSettings {
  /** SMTP_URL. */
  readonly url: string;
  /** MAIL_FROM. */
  readonly from: string;
  /** PUBLIC_URL: its host is the name that servers are greeted with. */
  readonly publicUrl: string;
  /** How long the server may take to be reached and to greet, ms. */
  readonly connectMs?: number;
  /** How long a connection is kept for the next mail, ms. */
  readonly idleMs?: number;
}

/** Sends over SMTP. */
export function makeSmtpPost(settings: SmtpSettings): Post {
  let transport: ReturnType<typeof makeTransport> | undefined;
  let sending = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    transport?.close();
    transport = undefined;
  };
  return {
    async send(id, mail, signal) {
      clearTimeout(idle);
      transport ??= makeTransport(settings);
      sending++;
      try {
        await sendOver(transport, settings, id, mail, signal);
      } finally {
        if (--sending === 0) idle = setTimeout(close, settings.idleMs ?? IDLE_MS);
      }
    },
    [Symbol.asyncDispose]() {
      clearTimeout(idle);
      close();
      return Promise.resolve();
    },
  };
}

function makeTransport({ url, from, publicUrl, connectMs = CONNECT_MS }: SmtpSettings) {
  return nodemailer.createTransport({
    url,
    name: greetingName(publicUrl),
    pool: true,
    maxConnections: CONNECTIONS,
    getSocket: socketsTo(url, connectMs),
    // A password is never sent in clear, whoever strips STARTTLS from what the server offers.
    requireTLS: new URL(url).username !== "",
    // Whether and when to try again is for the queue to say: it outlives this process.
    maxRequeues: 0,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  }, { from });
}

async function sendOver(
  transport: ReturnType<typeof makeTransport>,
  settings: SmtpSettings,
  id: string,
  { to, replyTo, subject, text, html, calendar, stop }: WrittenMail,
  signal: AbortSignal,
): Promise<void> {
  const domain = /@([^>@]+)>?$/.exec(settings.from)?.[1] ?? "localhost";
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
    throw await refusedBy(error, settings);
  }
}

/**
 * The name that a server is greeted with: relays refuse what is no full host name, such as a container's. Source: RFC 5321 §4.1.1.1 and, of addresses,
 * §4.1.3.
 */
function greetingName(publicUrl: string): string {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$|\.$/g, "");
  const version = isIP(host);
  return version === 0 ? host : version === 4 ? `[${host}]` : `[IPv6:${host}]`;
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || MAIL_PORTS[protocol] || 25 };
}

function serverOf({ url, publicUrl }: SmtpSettings): TlsServer {
  const { protocol, searchParams } = new URL(url);
  return {
    ...addressOf(url),
    isTlsFromStart: protocol === "smtps:",
    greetingName: greetingName(publicUrl),
    trusted: searchParams.getAll("tls.ca"),
  };
}

/** Connects to the server by its name: what Deno lets this process do. The library would look the name up and connect to what it finds. */
function socketsTo(url: string, connectMs: number): NonNullable<SMTPTransportOptions["getSocket"]> {
  const address = addressOf(url);
  return (_options, done) => {
    const socket = connect({ ...address, timeout: connectMs });
    const failed = (error: Error) => done(Object.assign(error, { command: "CONN" }));
    socket.once("error", failed);
    socket.once("timeout", () => {
      socket.destroy(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" }));
    });
    socket.once("connect", () => {
      socket.off("error", failed);
      socket.removeAllListeners("timeout");
      socket.setTimeout(0);
      done(null, { connection: socket });
    });
  };
}

/** What a failure of nodemailer means. Only what a server says of this reader or this message is final: the rest may be mended. */
async function refusedBy(error: unknown, settings: SmtpSettings): Promise<MailRefused> {
  if (!(error instanceof Error)) return new MailRefused(false, "unknown");
  const { responseCode, command } = error as Error & Record<"responseCode" | "command", unknown>;
  const isFinal = typeof responseCode === "number" && responseCode >= 500 &&
    (command === "RCPT TO" || command === "DATA");
  const reason = reasonOf(error as SmtpError);
  const isUnverified = /UNABLE_TO_VERIFY/.test(reason);
  const more = isUnverified
    ? await whyNoTls(serverOf(settings), settings.connectMs ?? CONNECT_MS)
    : undefined;
  return new MailRefused(isFinal, more === undefined ? reason : `${reason} (${more})`);
}

type SmtpError = Error & {
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly command?: unknown;
};

/** What happened, in the words of the system or of TLS, or by the codes of the server's answer (RFC 3463). */
function reasonOf(error: SmtpError): string {
  const { response, responseCode, code, command } = error;
  const parts: unknown[] = [responseCode || undefined];
  if (typeof response === "string") parts.push(/^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]);
  parts.push(code, command);
  if (code === "EAUTH") parts.push("(the server does not take user and password)");
  // Words of our own side: what the server has said, and what is said of readers, is not among them.
  else if (response === undefined && SAFE_COMMANDS.has(command)) parts.push(`(${systemCauseOf(error)})`);
  return parts.filter((part) => part !== undefined).join(" ");
}

/** Steps at which nobody has been named yet. */
const SAFE_COMMANDS: ReadonlySet<unknown> = new Set(["CONN", "STARTTLS", "EHLO"]);

function systemCauseOf({ message, originalCode, cause }: SmtpError): string {
  const own = typeof originalCode === "string" && !message.includes(originalCode)
    ? `${originalCode}: ${message}`
    : message;
  return [own, causeOf(cause)].filter((part) => part !== "").join("; ");
}

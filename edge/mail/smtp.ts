import { connect, isIP } from "node:net";
import nodemailer, { type SMTPTransportOptions } from "nodemailer";
import { NotDelivered } from "../outbox/kind.ts";
import { causeOf } from "@tafelrunde/protocol/process/cause";
import { type TlsServer, whyNoTls } from "./handshake.ts";
import type { WrittenMail } from "./mail.ts";
import { MAIL_PORTS } from "./port.ts";

/**
 * Timeout for a server's response. After a message that it might have accepted, giving up early means sending
 * it twice. Source: RFC 5321 §4.5.3.2.6.
 */
export const SILENCE_MS = 10 * 60_000;

/** Timeout for connecting to a server and its greeting, ms. */
const CONNECT_MS = 30_000;

/** How long a connection is kept for the next mail, ms: an idle one can be dead without notice. */
const IDLE_MS = 5_000;

/** Connections to the server at once. */
export const CONNECTIONS = 3;

/** Sends mails. */
export interface Post extends AsyncDisposable {
  /**
   * Hands a mail over to the server, which is then responsible for it. `id` becomes its Message-ID. Throws
   * NotDelivered, final if the recipient's address is wrong or the server rejects this mail for good.
   */
  send(id: string, mail: WrittenMail, signal: AbortSignal): Promise<void>;
}

/** The sender, and the SMTP server. */
export interface SmtpSettings {
  /** SMTP_URL. */
  readonly url: string;
  /** MAIL_FROM. */
  readonly from: string;
  /** PUBLIC_URL: its host is the name in EHLO. */
  readonly publicUrl: string;
  /** Timeout for connecting to the server and its greeting, ms. */
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
    // Never send a password unencrypted, even if STARTTLS is stripped from the server's response.
    requireTLS: new URL(url).username !== "",
    // The queue decides about retries: it outlives this process.
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
      // Suppress automatic replies. Source: RFC 3834 §5, and Microsoft's [MS-OXCMAIL] for the second header.
      headers: {
        "auto-submitted": "auto-generated",
        "x-auto-response-suppress": "All",
        // One-click unsubscribe in mail programs. Source: RFC 8058.
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
 * The client's name in EHLO: relays refuse a name that is not a full host name, such as a container's.
 * Source: RFC 5321 §4.1.1.1 and, for addresses, §4.1.3.
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

/**
 * Connects to the server by its name, as Deno's permissions require. The library would look the name up and
 * connect to the address.
 */
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

/**
 * Interprets an error of nodemailer. Only a response about this recipient or this message is final: anything
 * else might get fixed.
 */
async function refusedBy(error: unknown, settings: SmtpSettings): Promise<NotDelivered> {
  if (!(error instanceof Error)) return new NotDelivered(false, "unknown");
  const { responseCode, command } = error as Error & Record<"responseCode" | "command", unknown>;
  const isFinal = typeof responseCode === "number" && responseCode >= 500 &&
    (command === "RCPT TO" || command === "DATA");
  const reason = reasonOf(error as SmtpError);
  const isUnverified = /UNABLE_TO_VERIFY/.test(reason);
  const more = isUnverified
    ? await whyNoTls(serverOf(settings), settings.connectMs ?? CONNECT_MS)
    : undefined;
  return new NotDelivered(isFinal, more === undefined ? reason : `${reason} (${more})`);
}

type SmtpError = Error & {
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly command?: unknown;
};

/** What happened, in the words of the system or of TLS, or as codes of the server's response (RFC 3463). */
function reasonOf(error: SmtpError): string {
  const { response, responseCode, code, command } = error;
  const parts: unknown[] = [responseCode || undefined];
  if (typeof response === "string") parts.push(/^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]);
  parts.push(code, command);
  if (code === "EAUTH") parts.push("(the server does not take user and password)");
  // Only texts of our own side: no server responses, and nothing about recipients.
  else if (response === undefined && SAFE_COMMANDS.has(command)) parts.push(`(${systemCauseOf(error)})`);
  return parts.filter((part) => part !== undefined).join(" ");
}

/** Steps before any recipient is named. */
const SAFE_COMMANDS: ReadonlySet<unknown> = new Set(["CONN", "STARTTLS", "EHLO"]);

function systemCauseOf({ message, originalCode, cause }: SmtpError): string {
  const own = typeof originalCode === "string" && !message.includes(originalCode)
    ? `${originalCode}: ${message}`
    : message;
  return [own, causeOf(cause)].filter((part) => part !== "").join("; ");
}

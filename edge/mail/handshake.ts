import { causeOf } from "../cause.ts";

/** What a server may answer before TLS begins, bytes. */
const MAX_ANSWER_BYTES = 4_096;

/** Where a mail server is, and how TLS begins there. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; else by STARTTLS. */
  readonly isTlsFromStart: boolean;
  /** The name that it is greeted with. */
  readonly greetingName: string;
  /** Authorities that are trusted besides (PEM). */
  readonly trusted: readonly string[];
}

/**
 * Why a server's certificate is not taken: node:tls, as Deno has it, calls whatever is wrong with one "unable to verify the first certificate". Begins TLS
 * once more and says nothing on it. Undefined: this time nothing is wrong, or it does not come so far within `limitMs`.
 */
export async function whyNoTls(server: TlsServer, limitMs: number): Promise<string | undefined> {
  const { host, port, isTlsFromStart, greetingName, trusted } = server;
  using stack = new DisposableStack();
  const connecting = new AbortController();
  let connection: Deno.TcpConn | undefined = undefined;
  // Ends whatever is waited for.
  const close = () => {
    connecting.abort();
    try {
      connection?.close();
    } catch {
      // It is closed, or TLS has taken it over.
    }
  };
  stack.defer(close);
  const timer = setTimeout(close, limitMs);
  stack.defer(() => clearTimeout(timer));
  connection = await Deno.connect({ hostname: host, port, signal: connecting.signal }).catch(() => undefined);
  if (connection === undefined) return undefined;
  try {
    if (!isTlsFromStart) {
      await readAnswer(connection);
      await say(connection, `EHLO ${greetingName}`);
      await say(connection, "STARTTLS");
    }
  } catch {
    return undefined;
  }
  let secured: Deno.TlsConn | undefined;
  const closeTls = setTimeout(() => secured?.close(), limitMs);
  try {
    secured = await Deno.startTls(connection, { hostname: host, caCerts: [...trusted] });
    await secured.handshake();
    secured.close();
    return undefined;
  } catch (error) {
    return causeOf(error);
  } finally {
    clearTimeout(closeTls);
  }
}

async function say(connection: Deno.TcpConn, line: string): Promise<void> {
  const bytes = new TextEncoder().encode(`${line}\r\n`);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  await readAnswer(connection);
}

/** Reads until the last line of an answer: "250 OK", not "250-OK". */
async function readAnswer(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(MAX_ANSWER_BYTES);
  let text = "";
  while (!/^\d{3} [^\n]*\n$/m.test(text)) {
    const length = await connection.read(buffer);
    if (length === null || text.length > MAX_ANSWER_BYTES) throw new Error("no answer");
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

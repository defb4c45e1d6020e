import { causeOf } from "@tafelrunde/protocol/process/cause";

/** Most bytes of a server's response before TLS. */
const MAX_ANSWER_BYTES = 4_096;

/** A mail server, and how TLS starts there. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; otherwise by STARTTLS. */
  readonly isTlsFromStart: boolean;
  /** The client's name in EHLO. */
  readonly greetingName: string;
  /** Additional trusted certificate authorities (PEM). */
  readonly trusted: readonly string[];
}

/**
 * Finds out why a server's certificate is rejected: Deno's node:tls reports every cause as "unable to verify
 * the first certificate". Starts TLS once more and sends nothing on it. Undefined: this time nothing is
 * wrong, or the handshake did not finish within `limitMs`.
 */
export async function whyNoTls(server: TlsServer, limitMs: number): Promise<string | undefined> {
  const { host, port, isTlsFromStart, greetingName, trusted } = server;
  using stack = new DisposableStack();
  const connecting = new AbortController();
  let connection: Deno.TcpConn | undefined = undefined;
  // Aborts any pending operation.
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

/** Reads until the last line of a response: "250 OK", not "250-OK". */
async function readAnswer(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(MAX_ANSWER_BYTES);
  let text = "";
  while (!/^\d{3} [^\n]*\n$/m.test(text)) {
    const length = await connection.read(buffer);
    if (length === null || text.length > MAX_ANSWER_BYTES) throw new Error("no answer");
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

import { type Agent, type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

/** A complete response. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Longest wait for a response, ms. */
const DEADLINE_MS = 30_000;

/**
 * Sends one request with exactly these headers: the test also chooses Host and Origin. Accepts any
 * certificate. Rejects if there is no response.
 */
export function ask(
  url: string,
  { method = "GET", headers = {}, body, agent, localAddress }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly agent?: Agent;
    /** Its source address, of 127.0.0.0/8. */
    readonly localAddress?: string;
  } = {},
): Promise<RawAnswer> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const servername = headers.host?.replace(/:\d+$/, "");
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method,
      headers: {
        ...headers,
        ...body !== undefined && {
          "content-type": headers["content-type"] ?? "application/json",
          "content-length": new TextEncoder().encode(body).length,
        },
      },
      ...agent && { agent },
      ...localAddress && { localAddress },
      ...servername && { servername },
      rejectUnauthorized: false,
      timeout: DEADLINE_MS,
    }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => text += chunk);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error(`${method} ${url}: no answer in ${DEADLINE_MS} ms`)));
    asked.end(body);
  });
}

/** The cookies that a response sets, as a browser sends them back. */
export function cookiesOf({ headers }: RawAnswer): string {
  return (headers["set-cookie"] ?? []).map((cookie) => cookie.split(";", 1)[0]).join("; ");
}

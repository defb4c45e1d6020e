/**
 * Sends requests to an API as fast as it responds, over a number of concurrent connections. Argument: a file
 * with a Load as JSON. Prints LoadFigures as JSON.
 */
import { quantile } from "../statistics.ts";

/** One request. */
export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The requests, sent in turn and repeated. */
export interface Load {
  readonly origin: string;
  readonly asks: readonly LoadRequest[];
  readonly connections: number;
  /** Longest duration of the measurement. */
  readonly seconds: number;
  /** Responses that are not counted: the program and the database warm up. */
  readonly warmUp: number;
  /** Number of responses after which the measurement ends. */
  readonly enough: number;
  /** Expected status of every response; another one aborts the bench. */
  readonly status: number;
}

/** The resulting figures. */
export interface LoadFigures {
  readonly perS: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

async function run(
  { origin, asks, connections, seconds, warmUp, enough, status }: Load,
): Promise<LoadFigures> {
  const latencies: number[] = [];
  let sent = 0;
  let start = Infinity;
  const connection = async () => {
    while (latencies.length < enough && performance.now() < start + seconds * 1_000) {
      const number = sent++;
      const { method, path, headers, body } = asks[number % asks.length]!;
      const from = { "x-forwarded-for": `10.${number >> 16 & 255}.${number >> 8 & 255}.${number & 255}` };
      const before = performance.now();
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { ...headers, ...from },
        ...body !== undefined && { body },
      });
      const text = await response.text();
      if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      if (number < warmUp) continue;
      start = Math.min(start, before);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return {
    perS: latencies.length / ((performance.now() - start) / 1_000),
    medianMs: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

if (import.meta.main) {
  const [path = ""] = Deno.args;
  console.log(JSON.stringify({ figures: await run(JSON.parse(await Deno.readTextFile(path))) }));
  Deno.exit(0);
}

/** The token with which edges and media nodes under test show their metrics. */
export const METRICS_TOKEN = "a token for the metrics of tests";

/** Longest wait for the page, ms. */
const ANSWER_MS = 20_000;

/** The metrics page at `url`. Rejects if it is not shown. */
export async function readMetrics(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const page = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return page;
}

/** One metric of a page, by name and labels as on the page; undefined: it is not there. */
export function metricOn(page: string, name: string): number | undefined {
  const line = page.split("\n").find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** What edges and media nodes under test want to see before they show their metrics. */
export const METRICS_TOKEN = "a token for the metrics of tests";

/** How long the page may take, ms. */
const ANSWER_MS = 20_000;

/** The page of metrics at `url`. Rejects when it is not shown. */
export async function readMetrics(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const page = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return page;
}

/** One metric of a page, by name and labels as they stand there; undefined: it is not on it. */
export function metricOn(page: string, name: string): number | undefined {
  const line = page.split("\n").find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

import { startSmtpSink } from "../../edge/mail/smtp_sink_for_tests.ts";
import { openEmptyPglite } from "../../edge/store/template_for_tests.ts";
import { playsOf } from "../../tests/api_play.ts";
import { example, EXAMPLE_EMAIL } from "../../tests/api_things.ts";
import { startTestEdge } from "../../tests/edge_rig.ts";
import { IDLE, LyingNode } from "../../tests/lying_node.ts";

/** Where the API description reads the example responses from. */
export const ANSWERS_FILE = "edge/http/answer_examples.json";

/** Most items in the example of a list. */
const MOST_ITEMS = 2;

/** An edge's responses to the description's example requests, by schema name, in alphabetical order. */
export async function readAnswers(): Promise<Record<string, unknown>> {
  const store = await openEmptyPglite();
  await using sink = await startSmtpSink();
  await using node = await LyingNode.start(example("NodeId"), JSON.stringify(IDLE), {
    reply: ({ id, type }) => type === "node.drain" ? [{ id, ok: null }] : [],
  });
  await using edge = await startTestEdge({
    store,
    env: { SMTP_URL: sink.url, MAIL_FROM: "meet@example.org", PUBLIC_URL: "http://127.0.0.1" },
  });
  const found = new Map<string, unknown>();
  for (
    const { operation: { responses }, run } of await playsOf({ db: store.db, origin: edge.origin, node })
  ) {
    const { response, stands } = await run();
    const text = await response.text();
    const name = responses[response.status]?.content?.["application/json"]?.schema.$ref?.split("/").at(-1);
    if (!response.ok || name === undefined || name === "ApiDescription" || found.has(name)) continue;
    found.set(name, shown(JSON.parse(text), new Map([...stands].map(([shown, real]) => [real, shown]))));
  }
  return Object.fromEntries([...found].sort(([one], [other]) => one < other ? -1 : 1));
}

/** A response as shown: with the ids and secrets of the example requests. */
function shown(value: unknown, standsFor: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((one) => shown(one, standsFor));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one, standsFor)]));
  }
  if (typeof value !== "string") return value;
  let text = value.replaceAll(/https?:\/\/127\.0\.0\.1(?::\d+)?/g, "https://meet.example.org")
    .replaceAll(/\b[a-z2-7]{16}@example\.org\b/g, EXAMPLE_EMAIL)
    .replace(/^BEGIN:VCALENDAR.*$/s, "BEGIN:VCALENDAR\r\n…\r\nEND:VCALENDAR\r\n");
  for (const [real, shown] of standsFor) text = text.replaceAll(real, String(shown));
  return text;
}

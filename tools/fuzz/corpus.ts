import { cascadeNotices, cascadeRequests } from "@tafelrunde/protocol/cascade";
import { mediaNotices, mediaRequests } from "@tafelrunde/protocol/media";
import { featureCommands, featureUp, up } from "@tafelrunde/protocol";
import { valueFor } from "../../protocol/value_for_tests.ts";

/** A recorded message. `of`: its type, or for a response the type of its request. */
export interface Recorded {
  readonly of: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Recorded messages of real clients, edges and nodes (tests/fuzz/record.ts). */
export interface Corpus {
  /** Client to edge. */
  readonly client: readonly Recorded[];
  /** Edge to media node. */
  readonly request: readonly Recorded[];
  /** Media node to edge: responses, and notices. */
  readonly answer: readonly Recorded[];
  readonly notice: readonly Recorded[];
  /** The same between nodes. */
  readonly cascadeRequest: readonly Recorded[];
  readonly cascadeAnswer: readonly Recorded[];
  readonly cascadeNotice: readonly Recorded[];
}

const PATH = new URL("./corpus.json", import.meta.url);

/** What a corpus must contain: every message type, by part. */
export const WHOLE: Partial<Record<keyof Corpus, readonly string[]>> = {
  client: Object.keys(up),
  request: Object.keys(mediaRequests),
  notice: Object.keys(mediaNotices),
  cascadeRequest: Object.keys(cascadeRequests),
  cascadeNotice: Object.keys(cascadeNotices),
};

/** Reads the corpus; messages of features that are not recorded are made from their schemas. */
export async function readCorpus(): Promise<Corpus> {
  const recorded: Corpus = JSON.parse(await Deno.readTextFile(PATH));
  const known = new Set(recorded.client.map(({ of }) => of));
  const missing = Object.entries<Parameters<typeof valueFor>[0]>({ ...featureCommands, ...featureUp })
    .filter(([type]) => !known.has(type));
  const made = missing.map(([of, schema]): Recorded => {
    const message = valueFor(schema, () => 0.4, ["some text"]) as Recorded["message"];
    return { of, message: { ...message, id: "00000000-0000-4000-8000-000000000000" } };
  });
  return { ...recorded, client: [...recorded.client, ...made] };
}

/** One line per message, so that changes show in a diff. */
export async function writeCorpus(corpus: Corpus): Promise<void> {
  const parts = Object.entries(corpus).map(([part, recorded]) =>
    `${JSON.stringify(part)}: [\n${(recorded as Recorded[]).map((one) => JSON.stringify(one)).join(",\n")}\n]`
  );
  await Deno.writeTextFile(PATH, `{\n${parts.join(",\n")}\n}\n`);
}

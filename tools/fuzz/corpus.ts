import { cascadeNotices, cascadeRequests } from "@tafelrunde/protocol/cascade";
import { mediaNotices, mediaRequests } from "@tafelrunde/protocol/media";
import { up } from "@tafelrunde/protocol";

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

export async function readCorpus(): Promise<Corpus> {
  return JSON.parse(await Deno.readTextFile(PATH));
}

/** One line per message, so that changes show in a diff. */
export async function writeCorpus(corpus: Corpus): Promise<void> {
  const parts = Object.entries(corpus).map(([part, recorded]) =>
    `${JSON.stringify(part)}: [\n${(recorded as Recorded[]).map((one) => JSON.stringify(one)).join(",\n")}\n]`
  );
  await Deno.writeTextFile(PATH, `{\n${parts.join(",\n")}\n}\n`);
}

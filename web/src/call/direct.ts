import { type Refusal, REFUSAL_CODES, type RefusalCode, refuse } from "@tafelrunde/protocol";
import type { HelloAnswer } from "@tafelrunde/protocol/http";
import type { UpOf } from "@tafelrunde/protocol";

/** Longest wait for the answer, ms: the control channel's deadline and a round trip. */
const DEADLINE_MS = 6_000;

/** Refusals that pass; the socket's hello is held back or repeated by itself. */
const PASSING: ReadonlySet<RefusalCode> = new Set(["address.tooFrequent", "room.busy", "store.unavailable"]);

type HelloBody =
  & Pick<UpOf<"hello">, "version" | "room" | "tab" | "peer" | "onNode" | "rttByNode" | "join">
  & { readonly link?: string };

/**
 * Says hello by HTTP. Gives the edge's answer, or why the person may not enter, or undefined when it did not work out (the socket then has
 * to). Never rejects.
 */
export async function helloOverHttp(hello: HelloBody): Promise<HelloAnswer | Refusal | undefined> {
  try {
    const response = await fetch(`/v1/rooms/${hello.room}/hello`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(hello),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as HelloAnswer;
    const code = REFUSAL_CODES.find((code) => code === (answer as { code?: unknown }).code);
    return code === undefined || PASSING.has(code) ? undefined : refuse(code);
  } catch (cause) {
    console.warn("hello by HTTP", cause);
    return undefined;
  }
}

import type { Refusal, RefusalCode } from "@tafelrunde/protocol";
import { refuse } from "@tafelrunde/protocol/client";
import type { HelloAnswer } from "@tafelrunde/protocol/http";
import type { UpOf } from "@tafelrunde/protocol";

import { endOfRefusal } from "./end.ts";

/** Longest wait for the response, ms: the control channel's deadline and a round trip. */
const DEADLINE_MS = 6_000;

type HelloBody =
  & Pick<UpOf<"hello">, "version" | "room" | "tab" | "peer" | "onNode" | "onPath" | "rttByNode" | "join">
  & { readonly link?: string };

/**
 * Sends the hello by HTTP. Returns the edge's answer, or the refusal, or undefined when the request failed
 * (the socket then must send it). Never rejects.
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
    const { code } = answer as { readonly code?: RefusalCode };
    const isForGood = code !== undefined &&
      (endOfRefusal(code) !== undefined || code.startsWith("password."));
    return isForGood ? refuse(code) : undefined;
  } catch (cause) {
    console.warn("hello by HTTP", cause);
    return undefined;
  }
}

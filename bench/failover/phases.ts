import type { Step, Watched } from "./watch.ts";

/** What a participant waits for, in order. */
export const PHASES = ["detection", "newPath", "ice", "dtls", "firstFrame"] as const;
export type Phase = (typeof PHASES)[number];

/** Duration of each phase, ms. A participant who kept their transports has only the first and the last. */
export type Phases = Readonly<Partial<Record<Phase, number>>>;

/**
 * What one participant waited for from `at` on: until the edge detected the failure (`detectedAt`), until
 * their client received new transports, until ICE and DTLS had connected both of them, and until everything
 * was back (`backMs` after `at`). Undefined if nothing was missing, or nothing came back.
 */
export function phasesOf(
  { steps }: Pick<Watched, "steps">,
  { at, detectedAt, backMs }: {
    readonly at: number;
    readonly detectedAt: number | undefined;
    readonly backMs: number;
  },
): Phases | undefined {
  if (!Number.isFinite(backMs) || backMs === 0 || detectedAt === undefined) return undefined;
  const back = at + backMs;
  const told = timeOf(steps, "told", at, back);
  // A client that receives new transports before the edge's detection has noticed the failure itself.
  const detected = Math.min(detectedAt, told ?? Infinity);
  if (told === undefined) return { detection: detected - at, firstFrame: back - detected };
  const ice = timeOf(steps, "ice", told, back) ?? told;
  const dtls = timeOf(steps, "dtls", ice, back) ?? ice;
  return {
    detection: detected - at,
    newPath: told - detected,
    ice: ice - told,
    dtls: dtls - ice,
    firstFrame: back - dtls,
  };
}

/** Time of the last step of a name between `from` and `to`. */
function timeOf(steps: readonly Step[], name: Step[0], from: number, to: number): number | undefined {
  return steps.findLast(([step, at]) => step === name && at >= from && at <= to)?.[1];
}

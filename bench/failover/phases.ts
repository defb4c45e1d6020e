import type { Step, Watched } from "./watch.ts";

/** What a person waits for, one after the other. */
export const PHASES = ["detection", "newPath", "ice", "dtls", "firstFrame"] as const;
export type Phase = (typeof PHASES)[number];

/** How long each took, ms. Who kept their path has only the first and the last. */
export type Phases = Readonly<Partial<Record<Phase, number>>>;

/**
 * What one person waited for from `at` on: until the edge knew (`detectedAt`), until they were told of a new path, until ICE and DTLS had connected both
 * of its transports, and until everything was back (`backMs` after `at`). Undefined where nothing was missing, or nothing came back.
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
  // Who is told without a detection of the edge's has noticed it alone.
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

/** When the last step of a name was taken after `from` and before `to`. */
function timeOf(steps: readonly Step[], name: Step[0], from: number, to: number): number | undefined {
  return steps.findLast(([step, at]) => step === name && at >= from && at <= to)?.[1];
}

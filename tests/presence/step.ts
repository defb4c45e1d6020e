import type { Random } from "../cluster_random.ts";

/** What can happen in a sequence. */
const KINDS = {
  /** Opens a socket and says hello: to look from the lobby, to resume, or to join at once. */
  look: 6,
  resume: 4,
  direct: 3,
  join: 10,
  /** Says once more something that the same person has said before, on a socket of theirs. */
  repeat: 14,
  /** The same, but a join. */
  repeatJoin: 6,
  /** The same, something that another has said. */
  copy: 2,
  leave: 5,
  cut: 4,
  openPeer: 4,
  publish: 4,
  mute: 3,
  unmute: 3,
  unpublish: 2,
  chat: 4,
  waitingRoomOn: 2,
  waitingRoomOff: 1,
  chatOff: 1,
  admit: 4,
  decline: 1,
  remove: 3,
  ban: 2,
  promote: 2,
  stop: 2,
  end: 1,
  erase: 1,
} as const;

export type StepKind = keyof typeof KINDS;

/** One thing that happens. The numbers choose among what there is when its turn comes, so that a step means something without the others. */
export interface Step {
  readonly kind: StepKind;
  /** Who does it, or whom a moderator does it to. */
  readonly person: number;
  /** Which of their two sockets. */
  readonly socket: number;
  readonly edge: number;
  /** Which of the things said before. */
  readonly choice: number;
}

const BAG = Object.entries(KINDS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as StepKind)
);

/** What mostly comes first: without the owner and somebody else little can happen. */
const FIRST: readonly StepKind[] = ["direct", "look", "publish", "join"];

/** What follows mostly, by the same person at the same edge, where somebody has gone or came back: there what is old may pass for new. */
const AFTERWARDS: Partial<Record<StepKind, readonly StepKind[]>> = {
  leave: ["look", "repeatJoin"],
  remove: ["look", "repeatJoin"],
  end: ["look", "repeat"],
  cut: ["resume", "repeat"],
};

/** People in a sequence; the first is the owner. */
export const PEOPLE = 4;

/** A sequence of about `length` steps. */
export function makeSteps(random: Random, length: number): Step[] {
  const steps: Step[] = [];
  while (steps.length < length) {
    const index = steps.length;
    const isFirst = index < FIRST.length && random.below(4) > 0;
    const person = isFirst ? index % 2 : random.below(PEOPLE);
    const place = { person, socket: isFirst ? 0 : random.below(2), edge: random.below(2) };
    const kind = isFirst ? FIRST[index]! : random.pick(BAG);
    steps.push({ kind, ...place, choice: random.below(1_000) });
    if (random.below(2) > 0) continue;
    for (const next of AFTERWARDS[kind] ?? []) {
      steps.push({ kind: next, ...place, choice: random.below(1_000) });
    }
  }
  return steps;
}

/** "repeat 2.1@0 #17": so that a failure can be read and run again. */
export function tellStep({ kind, person, socket, edge, choice }: Step): string {
  return `${kind} ${person}.${socket}@${edge} #${choice}`;
}

/** The shortest part of `steps` that still fails, found by leaving out one after another. `fails` runs a sequence anew. */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let shortest = steps;
  for (let index = 0; index < shortest.length;) {
    const without = shortest.toSpliced(index, 1);
    if (await fails(without)) shortest = without;
    else index++;
  }
  return shortest;
}

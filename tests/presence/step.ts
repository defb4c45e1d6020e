import type { Random } from "../cluster_random.ts";

/** The kinds of steps in a sequence, with their weights. */
const KINDS = {
  /** Opens a socket and sends hello: to look from the lobby, to resume, or to join at once. */
  look: 6,
  resume: 4,
  direct: 3,
  join: 10,
  /** Joins, and the person's other devices leave. */
  replace: 3,
  hand: 3,
  /** Repeats an earlier message of the same person on one of their sockets. */
  repeat: 14,
  /** The same, but only a join. */
  repeatJoin: 6,
  /** The same, but a message of another person. */
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
  /** Moves the person into a space, which is opened first if it is not there. */
  group: 4,
  /** The person goes back to the main room, or the owner closes the space. */
  back: 2,
  close: 1,
  end: 1,
  erase: 1,
} as const;

export type StepKind = keyof typeof KINDS;

/**
 * One step. The numbers select among what exists when it runs, so that a step is meaningful without the
 * others.
 */
export interface Step {
  readonly kind: StepKind;
  /** The person who acts, or whom a moderator acts on. */
  readonly person: number;
  /** Which of their two sockets. */
  readonly socket: number;
  readonly edge: number;
  /** Which of the earlier messages. */
  readonly choice: number;
}

const BAG = Object.entries(KINDS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as StepKind)
);

/** Usual first steps: without the owner and another person little can happen. */
const FIRST: readonly StepKind[] = ["direct", "look", "publish", "join"];

/**
 * Usual next steps, by the same person at the same edge, after someone left or came back: that is when old
 * messages might pass for new ones.
 */
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

/**
 * The shortest part of `steps` that still fails, found by omitting one step after another. `fails` runs a
 * sequence from scratch.
 */
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

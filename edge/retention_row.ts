import type { EdgeContext } from "./context.ts";
import type { Schema } from "./store/schema.ts";

/** What erasing needs of the edge. */
export type RetentionContext = Pick<EdgeContext, "db" | "config" | "now">;

/** One row of the table of what is stored in the database: docs/privacy.md is printed from it. */
export interface Retention {
  /** What is stored. */
  readonly what: string;
  readonly where: readonly (keyof Schema)[];
  readonly howLong: string;
  /** How it is erased. */
  readonly how: string;
  /** The job that erases it, every ten minutes; absent: what `how` says does. */
  readonly job?: {
    /** "erase." and a name. */
    readonly name: `erase.${string}`;
    /** Erases what is over, up to `most` of it; returns how much. */
    erase(context: RetentionContext): Promise<number>;
    readonly most: number;
  };
}

/** For what is only in a room's log, such as most of what features keep. */
export const WITH_THE_LOG = {
  where: ["room_event", "room_snapshot"],
  howLong: "as the log of the room",
  how: "with the log",
} as const satisfies Partial<Retention>;

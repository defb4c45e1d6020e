/** Shows the waiting user the progress of a step, in a few words. */
export type Tell = (progress: string) => void;

/** A precondition of the product or its tests. */
export interface Step {
  /** Shown to the waiting user: "media worker". */
  readonly name: string;
  /** Checks cheaply, without changing anything that matters; undefined if the step is satisfied already. */
  check(tell: Tell): Promise<Work | undefined>;
}

/** The work that satisfies a step. */
export interface Work {
  /** Debian packages that have to be installed first. */
  readonly packages?: readonly string[];
  /** Debian packages that are useful but not needed: installed if this is possible and apt offers them. */
  readonly wanted?: readonly string[];
  /** What prevents the work on this machine, with the remedy: "npm (comes with Node.js)". */
  readonly obstacle?: string;
  /** Names of steps that must finish first, if they have work to do. */
  readonly after?: readonly string[];
  /**
   * Does the work; absent if installing the packages is all. Stops early when `signal` aborts, leaving
   * nothing half done.
   */
  run?(tell: Tell, signal: AbortSignal): Promise<void>;
}

/**
 * The machine lacks something that setup cannot provide; the message tells the user what, and how to get it.
 */
export class SetupError extends Error {
  override name = "SetupError";
}

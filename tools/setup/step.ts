/** Tells the person waiting how far a step is, in a few words. */
export type Tell = (progress: string) => void;

/** Something that has to be there before the product or its tests can run. */
export interface Step {
  /** Shown to the person waiting: "media worker". */
  readonly name: string;
  /** Looks, cheaply and without changing anything that matters: undefined when it is there already. */
  check(tell: Tell): Promise<Work | undefined>;
}

/** What is missing, and how it comes about. */
export interface Work {
  /** Debian packages that have to be installed first. */
  readonly packages?: readonly string[];
  /** What keeps the work from being done on this machine, with the way out: "npm (comes with Node.js)". */
  readonly obstacle?: string;
  /** Names of steps whose work has to be finished first, if they have any. */
  readonly after?: readonly string[];
  /** Does it; absent when installing the packages is all. Ends early, leaving nothing half done, when `signal` aborts. */
  run?(tell: Tell, signal: AbortSignal): Promise<void>;
}

/** The machine lacks something that setup cannot bring; the message says what and how to get it, for people. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Another implementation against this one. */
export interface Part {
  /** What the command line calls it: "schemathesis". */
  readonly name: string;
  /** Gives its figures in one line: "7 clients, 412 requests". Throws when the two do not agree. */
  readonly run: (signal: AbortSignal) => Promise<string>;
}

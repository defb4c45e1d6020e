/** Another implementation tested against this one. */
export interface Part {
  /** Its name on the command line: "schemathesis". */
  readonly name: string;
  /** Returns its figures in one line: "7 clients, 412 requests". Throws if the two do not agree. */
  readonly run: (signal: AbortSignal) => Promise<string>;
}

/** What the command line of a test run asks for. */
export interface TestArguments {
  /** Files and folders; none: everything. */
  readonly paths: readonly string[];
  /** A part of the names of the tests to run, or a /pattern/; undefined: all. */
  readonly filter: string | undefined;
}

/** A command line that is not understood; the message is one line for whoever wrote it. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

/**
 * Reads files, folders, and `--filter NAME` or `--filter=NAME`, in any order. Throws ArgumentsError for anything else: a
 * flag that is passed over would run other tests than those that were meant.
 */
export function readTestArguments(words: readonly string[]): TestArguments {
  const paths: string[] = [];
  let filter: string | undefined;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith("-")) {
      paths.push(word);
      continue;
    }
    const [flag, ...value] = word.split("=");
    if (flag !== "--filter") {
      throw new ArgumentsError(`${word} is not known: there are files, folders and --filter NAME`);
    }
    if (filter !== undefined) throw new ArgumentsError("--filter is there twice: it takes one name");
    filter = value.length > 0 ? value.join("=") : left.shift();
    if (filter === undefined || filter === "") throw new ArgumentsError("--filter needs a part of a name");
  }
  return { paths, filter };
}

/** Reads the flags of `words` that are among `known`, and the other words. Throws ArgumentsError for any other flag. */
export function readFlags(
  words: readonly string[],
  known: readonly string[],
): { readonly flags: readonly string[]; readonly others: readonly string[] } {
  const flags = words.filter((word) => word.startsWith("-"));
  const strange = flags.find((flag) => !known.includes(flag));
  if (strange !== undefined) {
    throw new ArgumentsError(`${strange} is not known: there are ${known.join(", ")}`);
  }
  return { flags, others: words.filter((word) => !word.startsWith("-")) };
}

/** What `read` makes of a command line; one that is not understood ends the process with its line and code 2. */
export function readOrExit<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

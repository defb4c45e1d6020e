/** What the command line of a test run selects. */
export interface TestArguments {
  /** Files and folders; none: everything. */
  readonly paths: readonly string[];
  /** A part of the names of the tests to run, or a /pattern/; undefined: all. */
  readonly filter: string | undefined;
}

/** An invalid command line; the message is one line for the user. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

/**
 * Parses files, folders, and `--filter NAME` or `--filter=NAME`, in any order. Throws ArgumentsError for
 * anything else: ignoring a flag would run other tests than intended.
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

/**
 * Splits `words` into flags, which must be among `known`, and other words. Throws ArgumentsError for an
 * unknown flag.
 */
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

/** Returns what `read` makes of a command line; an ArgumentsError prints its line and exits with code 2. */
export function readOrExit<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

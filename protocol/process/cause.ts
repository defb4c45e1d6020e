/** Longest foreign text in a log line, UTF-16 units. */
const MAX_TEXT = 300;

/**
 * The cause of an error for the log: the messages of the error and its causes, with codes that they do not
 * contain, without library class names. One line of at most 300 UTF-16 units. Not for errors with messages of
 * people, or of a mail server, which quotes addresses.
 */
export function causeOf(error: unknown): string {
  const words: string[] = [];
  collect(error, words, 0);
  return [...new Set(words)].join("; ").replaceAll(/\p{Cc}+/gu, " ").slice(0, MAX_TEXT).toWellFormed();
}

function collect(error: unknown, words: string[], depth: number): void {
  if (depth === 5 || error === undefined || error === null) return;
  if (!(error instanceof Error)) {
    words.push(typeof error === "string" ? error : Object.prototype.toString.call(error));
    return;
  }
  const { code } = error as { readonly code?: unknown };
  const named = typeof code === "string" && !error.message.includes(code);
  if (error.message !== "") words.push(named ? `${code}: ${error.message}` : error.message);
  else if (named) words.push(code);
  if (error instanceof AggregateError) {
    for (const one of error.errors) collect(one, words, depth + 1);
  }
  collect(error.cause, words, depth + 1);
}

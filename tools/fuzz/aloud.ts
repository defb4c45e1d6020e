/** Interval between progress reports of a long run, ms. */
const EVERY_MS = 60_000;

/**
 * Runs `work` and reports a failure at once: the test runner reports it only when all tests of a file are
 * done, and a run of an hour can be stopped before that. Once a minute it reports the progress text of the
 * function that `work` passes to `progress`.
 */
export async function aloud(
  what: string,
  work: (progress: (say: () => string) => void) => Promise<void>,
): Promise<void> {
  const beganAt = performance.now();
  let say = () => "starting";
  const standing = () => {
    const seconds = Math.round((performance.now() - beganAt) / 1_000);
    try {
      return `${what}, ${seconds} s: ${say()}`;
    } catch (error) {
      return `${what}, ${seconds} s: ${error}`;
    }
  };
  const timer = setInterval(() => console.error(standing()), EVERY_MS);
  try {
    await work((next) => say = next);
  } catch (error) {
    console.error(`FAILED: ${standing()}\n${reasonsOf(error).join("\nand before that: ")}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** The failure, and earlier failures that the end of the scope suppressed. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof SuppressedError)) {
    return [error instanceof Error ? error.stack ?? String(error) : String(error)];
  }
  return [...reasonsOf(error.error), ...reasonsOf(error.suppressed)];
}

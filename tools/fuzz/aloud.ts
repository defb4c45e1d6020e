/** Between two words on how far a long run is, ms. */
const EVERY_MS = 60_000;

/**
 * Does `work`, and says at once why it fails: the test runner says so only when all tests of a file are over, and a run of an hour may be ended
 * before. Says once a minute how far it is, as the function has it that `work` gives to `progress`.
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

/** What went wrong, and what had gone wrong before the end of the scope failed as well. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof SuppressedError)) {
    return [error instanceof Error ? error.stack ?? String(error) : String(error)];
  }
  return [...reasonsOf(error.error), ...reasonsOf(error.suppressed)];
}

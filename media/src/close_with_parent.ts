interface Closable {
  readonly closed: boolean;
  close(): void;
}

/**
 * Resolves with a child object being created in `parent`. Rejects if the parent was closed meanwhile:
 * mediasoup returns the child all the same, and nothing would ever close it.
 */
export async function closeWithParent<Child extends Closable>(
  parent: Pick<Closable, "closed">,
  making: Promise<Child>,
): Promise<Child> {
  const child = await making;
  if (!parent.closed) return child;
  child.close();
  throw new Error("it was closed while something was made in it");
}

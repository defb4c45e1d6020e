interface Closable {
  readonly closed: boolean;
  close(): void;
}

/**
 * What is being made in `parent`. Rejects when that was closed meanwhile: mediasoup hands out the child all the same, and nothing would close it
 * any more.
 */
export async function bornOf<Child extends Closable>(
  parent: Pick<Closable, "closed">,
  making: Promise<Child>,
): Promise<Child> {
  const child = await making;
  if (!parent.closed) return child;
  child.close();
  throw new Error("it was closed while something was made in it");
}

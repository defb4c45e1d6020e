/** A branch: items that wait here, or further branches. */
interface Branch<Item> {
  size: number;
  readonly items: Item[];
  readonly branches: Map<string, Branch<Item>>;
}

/**
 * A fair queue: at each level of the path, branches take turns, so one with many items waits longer and one
 * with few does not notice. It holds `limit` items. When it is full, the largest branch drops its newest
 * item; that is the new item only if it belongs to that branch.
 */
export class FairQueue<Item> {
  readonly #limit: number;
  readonly #root: Branch<Item> = makeBranch();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#root.size;
  }

  /**
   * Adds an item. `path`: its owners, widest first, always of the same length. Returns the item to drop;
   * undefined: none.
   */
  push(path: readonly string[], item: Item): Item | undefined {
    let branch = this.#root;
    branch.size++;
    for (const name of path) {
      const next = branch.branches.get(name) ?? makeBranch();
      branch.branches.set(name, next);
      branch = next;
      branch.size++;
    }
    branch.items.push(item);
    return this.size > this.#limit ? takeNewest(this.#root, path) : undefined;
  }

  /** Whether `shift` would return an item. */
  has(isHeld: (name: string) => boolean): boolean {
    return hasNext(this.#root, isHeld);
  }

  /** Takes the next item among those without a held name on their path; undefined: none. */
  shift(isHeld: (name: string) => boolean = () => false): Item | undefined {
    return takeNext(this.#root, isHeld);
  }
}

function makeBranch<Item>(): Branch<Item> {
  return { size: 0, items: [], branches: new Map() };
}

function hasNext<Item>({ items, branches }: Branch<Item>, isHeld: (name: string) => boolean): boolean {
  return items.length > 0 ||
    branches.entries().some(([name, next]) => !isHeld(name) && hasNext(next, isHeld));
}

function takeNext<Item>(branch: Branch<Item>, isHeld: (name: string) => boolean): Item | undefined {
  if (branch.items.length > 0) {
    branch.size--;
    return branch.items.shift();
  }
  for (const [name, next] of branch.branches) {
    const item = isHeld(name) ? undefined : takeNext(next, isHeld);
    if (item === undefined) continue;
    branch.size--;
    // Behind the other branches until its next turn.
    branch.branches.delete(name);
    if (next.size > 0) branch.branches.set(name, next);
    return item;
  }
  return undefined;
}

/** Takes the newest item of the largest branch; among equally large ones, of the one on `path`. */
function takeNewest<Item>(branch: Branch<Item>, [own, ...below]: readonly string[]): Item | undefined {
  branch.size--;
  let largest = own === undefined ? undefined : branch.branches.get(own);
  let name = own;
  for (const [other, candidate] of branch.branches) {
    const isLarger = largest === undefined || candidate.size > largest.size ||
      (candidate.size === largest.size && name !== own);
    if (isLarger) [name, largest] = [other, candidate];
  }
  if (largest === undefined || name === undefined) return branch.items.pop();
  const item = takeNewest(largest, name === own ? below : []);
  if (largest.size === 0) branch.branches.delete(name);
  return item;
}

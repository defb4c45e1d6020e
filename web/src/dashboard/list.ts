import { createResource, createSignal } from "solid-js";
import type { Answer, RequestError } from "../api/request.ts";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The key that identifies an item in its list. */
type Keyed = { readonly id: string } | { readonly original: string };

/** A paged list. */
export interface List<Item> {
  /**
   * The loaded items; undefined until the first page is loaded. A reloaded item is the same object with new
   * values.
   */
  readonly items: () => readonly Item[] | undefined;
  readonly error: () => RequestError | undefined;
  /** Whether there is another page. */
  readonly hasMore: () => boolean;
  readonly loadMore: () => Promise<void>;
  /** Reloads as many pages as are loaded; the old ones stay visible until they arrive, and if they do not. */
  readonly refresh: () => Promise<void>;
  /** Changes the shown items after the server has accepted the same change. */
  readonly mutate: (change: (items: readonly Item[]) => readonly Item[]) => void;
}

/** Loads a list; again whenever `source` changes, and not while it is undefined. */
export function createList<Source, Item extends Keyed>(
  source: () => Source | undefined,
  load: (source: Source, cursor?: string) => Promise<Answer<Page<Item>>>,
): List<Item> {
  const keep = createKeeper<Item>();
  const [next, setNext] = createSignal<string | null>(null);
  const [error, setError] = createSignal<RequestError>();
  let pages = 1;
  /** Counts loads from the first page: a later page of an earlier load is outdated. */
  let loads = 0;
  const [list, { refetch, mutate }] = createResource<readonly Item[], Source>(
    source,
    async (source, { value, refetching }) => {
      loads++;
      const wanted = refetching ? pages : 1;
      const items: Item[] = [];
      let cursor: string | null = null;
      for (pages = 0; pages < wanted && (pages === 0 || cursor !== null); pages++) {
        const answer: Answer<Page<Item>> = await load(source, cursor ?? undefined);
        setError(answer.ok ? undefined : answer.error);
        if (!answer.ok) {
          pages = wanted;
          return refetching && value !== undefined ? value : [];
        }
        items.push(...answer.value.items);
        cursor = answer.value.next;
      }
      setNext(cursor);
      return keep(items);
    },
  );
  return {
    items: () => list.latest,
    error,
    hasMore: () => next() !== null,
    loadMore: async () => {
      const cursor = next();
      const from = source();
      if (cursor === null || from === undefined) return;
      const before = loads;
      const answer = await load(from, cursor);
      if (before !== loads) return;
      setError(answer.ok ? undefined : answer.error);
      if (!answer.ok) return;
      pages++;
      setNext(answer.value.next);
      mutate((items = []) => keep([...items, ...answer.value.items]));
    },
    refresh: async () => {
      await refetch();
    },
    mutate: (change) => {
      mutate((items) => items && keep(change(items)));
    },
  };
}

/**
 * Returns for each item the object that stood for it last time, with the current values: its row keeps the
 * focus and what was opened in it.
 */
export function createKeeper<Item extends Keyed>(): (items: readonly Item[]) => readonly Item[] {
  let kept = new Map<string, ReturnType<typeof createStandIn<Item>>>();
  return (items) => {
    const before = kept;
    kept = new Map();
    return items.map((item) => {
      const key = "id" in item ? item.id : item.original;
      const standIn = kept.has(key) ? createStandIn(item) : before.get(key) ?? createStandIn(item);
      if (!kept.has(key)) kept.set(key, standIn);
      if (item !== standIn.item) standIn.set(item);
      return standIn.item;
    });
  };
}

/** An object with the properties of the last set item; its readers are notified of another. */
function createStandIn<Item extends object>(first: Item): { item: Item; set: (item: Item) => void } {
  const [now, setNow] = createSignal(first, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  const item = new Proxy({} as Item, {
    get: (_, name) => Reflect.get(now(), name),
    has: (_, name) => Reflect.has(now(), name),
    ownKeys: () => Reflect.ownKeys(now()),
    getOwnPropertyDescriptor: (_, name) => {
      const value = Reflect.get(now(), name);
      return Reflect.has(now(), name) ? { value, enumerable: true, configurable: true } : undefined;
    },
  });
  return { item, set: (item) => void setNow(() => item) };
}

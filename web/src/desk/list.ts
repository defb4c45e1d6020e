import { createResource, createSignal } from "solid-js";
import type { Answer, Trouble } from "../api/request.ts";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list that comes page by page. */
export interface List<Item> {
  /** What is there; undefined until the first page is. */
  readonly items: () => readonly Item[] | undefined;
  readonly trouble: () => Trouble | undefined;
  /** Whether there is another page. */
  readonly hasMore: () => boolean;
  readonly loadMore: () => Promise<void>;
  /** Begins anew with the first page; what is shown stays until it is there. */
  readonly refresh: () => Promise<void>;
  /** Changes what is shown, after the server has taken the same change. */
  readonly mutate: (change: (items: readonly Item[]) => readonly Item[]) => void;
}

/** Loads a list; anew whenever `source` changes, and not as long as it is undefined. */
export function createList<Source, Item>(
  source: () => Source | undefined,
  load: (source: Source, cursor?: string) => Promise<Answer<Page<Item>>>,
): List<Item> {
  const [more, setMore] = createSignal<readonly Item[]>([]);
  const [next, setNext] = createSignal<string | null>(null);
  const [trouble, setTrouble] = createSignal<Trouble>();
  const keep = (answer: Answer<Page<Item>>) => {
    setTrouble(answer.ok ? undefined : answer.trouble);
    if (answer.ok) setNext(answer.value.next);
  };
  const [first, { refetch, mutate }] = createResource(source, async (source: Source) => {
    const answer = await load(source);
    keep(answer);
    setMore([]);
    return answer.ok ? answer.value.items : [];
  });
  return {
    items: () => {
      const items = first.latest;
      return items === undefined ? undefined : [...items, ...more()];
    },
    trouble,
    hasMore: () => next() !== null,
    loadMore: async () => {
      const cursor = next();
      const from = source();
      if (cursor === null || from === undefined) return;
      const answer = await load(from, cursor);
      keep(answer);
      if (answer.ok) setMore((before) => [...before, ...answer.value.items]);
    },
    refresh: async () => {
      await refetch();
    },
    mutate: (change) => {
      mutate((items) => items && change(items));
      setMore(change);
    },
  };
}

import type { Bus } from "../edge/bus/bus.ts";
import { openPostgres as openStore, type Store } from "../edge/store/open.ts";
import { endConnections } from "../edge/store/store_for_tests.ts";
import { createEmptyDatabase } from "../edge/store/template_for_tests.ts";
import { startNats } from "../tools/nats.ts";
import { openPostgres } from "../tools/postgres.ts";

/** How edges of one cluster tell each other news. */
export type BusKind = "postgres" | "nats";

export const BUS_KINDS = ["postgres", "nats"] as const satisfies readonly BusKind[];

/** What the edges of one cluster share: a database, and a NATS server if that is their bus. */
export interface Backbone extends AsyncDisposable {
  readonly databaseUrl: string;
  /** What an edge has to be configured with. */
  readonly env: Readonly<Record<string, string>>;
  /** A connection pool to the database. */
  readonly store: Store;
  /** One more connection pool to the database. Its end is this one's at the latest. */
  openStore(): Promise<Store>;
  /** Breaks what carries the news, and brings it back. */
  breakBus(): Promise<void>;
}

/** A database without rows on the tests' PostgreSQL, and NATS if asked for. */
export async function startBackbone(kind: BusKind): Promise<Backbone> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await openPostgres());
  const databaseUrl = await createEmptyDatabase(server);
  const nats = kind === "nats" ? stack.use(await startNats()) : undefined;
  const store = stack.use(await openStore(databaseUrl));
  const running = stack.move();
  return {
    databaseUrl,
    store,
    env: { DATABASE_URL: databaseUrl, NATS_URL: nats?.url ?? "" },
    async openStore() {
      return running.use(await openStore(databaseUrl));
    },
    breakBus: () => nats === undefined ? endConnections(store, "tafelrunde bus") : nats.restart(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** `bus`, of whose publications only those for which `isCarried` says so reach anyone. */
export function lossyBus(bus: Bus, isCarried: () => boolean): Bus {
  return {
    publish(roomId, growth) {
      if (isCarried()) bus.publish(roomId, growth);
    },
    subscribe: (roomId, listener, signal) => bus.subscribe(roomId, listener, signal),
    publishSignOut(accounts) {
      if (isCarried()) bus.publishSignOut(accounts);
    },
    subscribeSignOuts: (listener, signal) => bus.subscribeSignOuts(listener, signal),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

/** A database of tools/postgres.ts that keeps what it has committed when the server crashes; the others are faster and laxer. */
export function withDurableCommits(databaseUrl: string): string {
  return `${databaseUrl}?options=-c%20synchronous_commit%3Don`;
}

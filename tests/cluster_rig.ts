import type { Bus } from "../edge/bus/bus.ts";
import { openPostgres as openStore, type Store } from "../edge/store/open.ts";
import { endConnections } from "../edge/store/store_for_tests.ts";
import { createEmptyDatabase } from "../edge/store/template_for_tests.ts";
import { startNats } from "../tools/nats.ts";
import { openPostgres } from "../tools/postgres.ts";

/** The message bus of a cluster's edges. */
export type BusKind = "postgres" | "nats";

export const BUS_KINDS = ["postgres", "nats"] as const satisfies readonly BusKind[];

/** What the edges of one cluster share: a database, and a NATS server if that is their bus. */
export interface Backbone extends AsyncDisposable {
  readonly databaseUrl: string;
  /** Configuration that edges need for it. */
  readonly env: Readonly<Record<string, string>>;
  /** A connection pool to the database. */
  readonly store: Store;
  /** Opens another connection pool to the database. It is closed at the latest with this object. */
  openStore(): Promise<Store>;
  /** Interrupts the bus, and restores it. */
  breakBus(): Promise<void>;
}

/** An empty database on the tests' PostgreSQL, and NATS if requested. */
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

/** Wraps `bus` and drops the publications for which `isCarried` returns false. */
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

/**
 * A database of tools/postgres.ts that keeps committed data over a server crash; the others are faster and do
 * not.
 */
export function withDurableCommits(databaseUrl: string): string {
  return `${databaseUrl}?options=-c%20synchronous_commit%3Don`;
}

import type { types } from "mediasoup";

/**
 * The kinds of mediasoup objects. A pipe is a transport to another node or worker; what it carries is a
 * producer at one end and a consumer at the other.
 */
export const KINDS = ["router", "transport", "pipe", "producer", "consumer"] as const;
export type Kind = (typeof KINDS)[number];

/** `appData` of routers that carry no participants: they and their contents are not counted. */
export const UNCOUNTED = { uncounted: true };

/**
 * Counts the open mediasoup objects, whether or not our code still references them. Counting costs one event
 * when an object opens and one when it closes.
 */
export class ResourceCounts {
  readonly #open = new Map<Kind, number>(KINDS.map((kind) => [kind, 0]));

  /** The number of open objects of each kind. */
  get open(): Readonly<Record<Kind, number>> {
    return Object.fromEntries(this.#open) as Record<Kind, number>;
  }

  /** Counts what a worker opens from now on. */
  watch({ observer }: types.Worker): void {
    observer.on("newrouter", (router) => {
      if (router.appData["uncounted"] === true) return;
      this.#born("router", router.observer);
      router.observer.on("newtransport", (transport) => {
        this.#born(transport.type === "pipe" ? "pipe" : "transport", transport.observer);
        transport.observer.on("newproducer", (producer) => this.#born("producer", producer.observer));
        transport.observer.on("newconsumer", (consumer) => this.#born("consumer", consumer.observer));
      });
    });
  }

  #born(kind: Kind, life: { once(event: "close", listener: () => void): unknown }): void {
    this.#add(kind, 1);
    life.once("close", () => this.#add(kind, -1));
  }

  #add(kind: Kind, change: number): void {
    this.#open.set(kind, this.#open.get(kind)! + change);
  }
}

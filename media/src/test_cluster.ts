import type { NodeAddress, Placement, Residency } from "@tafelrunde/protocol/media";
import { ANYWHERE } from "@tafelrunde/protocol/media";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { RunningNode } from "./main.ts";
import { TestEdge } from "./test_edge.ts";
import { startTestNode } from "./test_node.ts";
import { TestPerson } from "./test_person.ts";

/** One node of a cluster, and the single edge's connection to it. */
export interface TestSite extends AsyncDisposable {
  readonly running: RunningNode;
  readonly edge: TestEdge;
  readonly address: NodeAddress;
}

/** Starts a node with its own name that others can reach over loopback, and connects an edge. */
export async function startSite(
  name: string,
  variables: Readonly<Record<string, string>> = {},
  edgeId?: string,
  key?: string,
  log?: Log,
): Promise<TestSite> {
  await using stack = new AsyncDisposableStack();
  const running = stack.use(
    await startTestNode({ NODE_ID: name, REGION: name, JURISDICTION: "de", ...variables }, log),
  );
  const edge = stack.use(
    await TestEdge.connect(running.port, {
      ...(edgeId === undefined ? {} : { edgeId }),
      ...(key === undefined ? {} : { key }),
      isTls: variables["CONTROL_CERT"] !== undefined,
      ...(variables["CONTROL_HOST"] === undefined ? {} : { host: `[${variables["CONTROL_HOST"]}]` }),
    }),
  );
  const owned = stack.move();
  return {
    running,
    edge,
    address: running.profile.address,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A room on several nodes, as its edge sees it. */
export class TestRoom {
  readonly id: string;
  #version = 0;
  #sites: TestSite[] = [];
  residency: Residency = ANYWHERE;

  constructor(id: string) {
    this.id = id;
  }

  get placement(): Placement {
    return {
      version: this.#version,
      nodes: this.#sites.map(({ address }) => address),
      residency: this.residency,
    };
  }

  /** Places the room on `sites`; also notifies the sites that it was on before. */
  async put(...sites: TestSite[]): Promise<void> {
    const told = new Set([...this.#sites, ...sites]);
    this.#sites = sites;
    this.#version += 1;
    for (const { edge } of told) {
      await edge.ask("room.place", { roomId: this.id, placement: this.placement }).catch(() => undefined);
    }
  }

  /** Adds a participant on a site. */
  async enter(site: TestSite, options?: Parameters<TestPerson["open"]>[0]): Promise<TestPerson> {
    const person = new TestPerson(site.edge, this.id);
    person.placement = this.placement;
    await person.open(options);
    return person;
  }
}

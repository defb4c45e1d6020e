/**
 * `deno task dev:cluster`: runs two edges, two media nodes, PostgreSQL and NATS on this machine behind one
 * port, until asked to stop.
 */
import { runCluster } from "./dev_cluster/cluster.ts";
import { dependencies } from "./setup/dependencies.ts";
import { nats, postgres } from "./setup/for_tests.ts";
import { mediaWorker } from "./setup/media_worker.ts";
import { node } from "./setup/node.ts";
import { setup } from "./setup/setup.ts";
import { SetupError } from "./setup/step.ts";
import { webApp } from "./setup/web_app.ts";
import { ServiceError } from "./start/service.ts";
import { listenForStop, StopRequested } from "./stop_request.ts";

const stop = listenForStop();
let code = 0;
try {
  await setup([dependencies, node, mediaWorker, webApp, postgres, nats], stop.signal);
  await runCluster(stop);
} catch (error) {
  if (!(error instanceof StopRequested)) {
    code = 1;
    console.error(error instanceof SetupError || error instanceof ServiceError ? error.message : error);
  }
}
Deno.exit(code);

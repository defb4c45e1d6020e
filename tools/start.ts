/**
 * `npm start`, `deno task start`: installs everything that the product needs and runs it until asked to stop.
 */
import { dependencies } from "./setup/dependencies.ts";
import { mediaWorker } from "./setup/media_worker.ts";
import { node } from "./setup/node.ts";
import { setup } from "./setup/setup.ts";
import { SetupError } from "./setup/step.ts";
import { webApp } from "./setup/web_app.ts";
import { runProduct } from "./start/product.ts";
import { ServiceError } from "./start/service.ts";
import { listenForStop, StopRequested } from "./stop_request.ts";

const stop = listenForStop();
let code = 0;
try {
  await setup([dependencies, node, mediaWorker, webApp], stop.signal);
  await runProduct(stop);
} catch (error) {
  if (!(error instanceof StopRequested)) {
    code = 1;
    console.error(error instanceof SetupError || error instanceof ServiceError ? error.message : error);
  }
}
Deno.exit(code);

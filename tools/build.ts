/** `deno task build`: builds the web app, after installing what it needs. */
import { dependencies } from "./setup/dependencies.ts";
import { setup } from "./setup/setup.ts";
import { SetupError } from "./setup/step.ts";
import { webApp } from "./setup/web_app.ts";
import { listenForStop, StopRequested } from "./stop_request.ts";

try {
  await setup([dependencies, webApp], listenForStop().signal);
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof StopRequested)) console.error(error instanceof SetupError ? error.message : error);
  Deno.exit(1);
}

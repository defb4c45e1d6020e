import assert from "node:assert/strict";
import { ROOT } from "../places.ts";
import { EDGE_ENV } from "./edge_env.ts";

Deno.test("the image and the systemd unit start an edge as the product does", async () => {
  for (const path of ["Dockerfile.edge", "docs/systemd/tafelrunde-edge.service"]) {
    const text = await Deno.readTextFile(`${ROOT}/${path}`);
    for (const [name, value] of Object.entries(EDGE_ENV)) assert(text.includes(`${name}=${value}`), path);
  }
});

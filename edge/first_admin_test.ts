import assert from "node:assert/strict";
import { leaveFirstAdminLink } from "./first_admin.ts";

Deno.test("the first admin's link is in a file that only its owner can read, and is deleted when there is an admin", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-first-" });
  try {
    const path = await leaveFirstAdminLink(`${folder}/data`, "https://meet.example/first#secret");
    assert.equal(await Deno.readTextFile(path!), "https://meet.example/first#secret\n");
    assert.equal((await Deno.stat(path!)).mode! & 0o777, 0o600);
    assert.equal(await leaveFirstAdminLink(`${folder}/data`, "https://meet.example/first#second"), path);
    assert.match(await Deno.readTextFile(path!), /second/);
    assert.equal(await leaveFirstAdminLink(`${folder}/data`, undefined), undefined);
    await assert.rejects(Deno.stat(path!));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("if no file can be written, a log line tells how to get the link, and does not contain it", async () => {
  const said = await leaveFirstAdminLink("/dev/null/data", "https://meet.example/first#secret");
  assert.ok(said !== undefined && !said.includes("secret"));
});

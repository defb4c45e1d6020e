/// <reference lib="deno.ns" />
import { deepEqual, equal } from "node:assert/strict";
import { parseDashboardRoute, safeReturn } from "./dashboard_route.ts";

const parse = (path: string) => parseDashboardRoute(new URL(path, "https://meet.example.org"));

Deno.test("an address names a page of the dashboard and its tab", () => {
  deepEqual(parse("/meetings"), { page: "meetings", tab: "upcoming" });
  deepEqual(parse("/meetings/past/"), { page: "meetings", tab: "past" });
  deepEqual(parse("/meetings/new"), { page: "newMeeting" });
  deepEqual(parse("/meetings/abcdefghijklmnop/links"), {
    page: "meeting",
    meetingId: "abcdefghijklmnop",
    tab: "links",
  });
  deepEqual(parse("/meetings/nonsense"), { page: "notFound" });
  deepEqual(parse("/account"), { page: "account", tab: "profile" });
  deepEqual(parse("/admin/keys"), { page: "admin", tab: "keys" });
  deepEqual(parse("/admin/keys/more"), { page: "notFound" });
  deepEqual(parse("/first#abc"), { page: "oneTimeLink", secret: "abc" });
  deepEqual(parse("/stop#abc"), { page: "stop", secret: "abc" });
});

Deno.test("after signing in, people return to this site and nowhere else", () => {
  equal(safeReturn("/r/k7wq-3fzp-axmd?join"), "/r/k7wq-3fzp-axmd?join");
  for (
    const wish of [
      null,
      "",
      "//evil.example",
      "/\\evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "/\t/evil.example",
    ]
  ) {
    equal(safeReturn(wish), "/meetings");
  }
  deepEqual(parse("/signin?returnTo=%2Fr%2Fk7wq-3fzp-axmd#secret"), {
    page: "signIn",
    returnTo: "/r/k7wq-3fzp-axmd#secret",
    half: "",
    problem: "",
  });
  deepEqual(parse("/signin?returnTo=%2Fr%2Fk7wq-3fzp-axmd&half=0af3&problem=oidc.denied"), {
    page: "signIn",
    returnTo: "/r/k7wq-3fzp-axmd",
    half: "0af3",
    problem: "oidc.denied",
  });
});

import { isDashboardPath } from "@tafelrunde/protocol/client";
import { createMemo, createSignal, onCleanup } from "solid-js";
import { NAVIGATED } from "../ui/route.ts";

/** Tabs of the pages; the first is shown by default. */
export const ACCOUNT_TABS = ["profile", "sign-in", "data"] as const;
export const ADMIN_TABS = ["people", "groups", "keys", "usage", "organisation", "tenants"] as const;
export const MEETING_LIST_TABS = ["upcoming", "permanent", "favourites", "past"] as const;
export const MEETING_TABS = ["details", "people", "links"] as const;
export type AccountTab = (typeof ACCOUNT_TABS)[number];
export type AdminTab = (typeof ADMIN_TABS)[number];
export type MeetingListTab = (typeof MEETING_LIST_TABS)[number];
export type MeetingTab = (typeof MEETING_TABS)[number];

/** A page for people with an account, or one that leads there. `secret`: the address's fragment. */
export type DashboardRoute =
  /**
   * `returnTo`: where to go afterwards, a path on this site. `half`: part of its fragment after a provider's
   * pages (signin/fragment_halves.ts), "": none. `problem`: why a provider's sign-in failed, "": it did not.
   */
  | { readonly page: "signIn"; readonly returnTo: string; readonly half: string; readonly problem: string }
  | { readonly page: "oneTimeLink"; readonly secret: string }
  | { readonly page: "answer"; readonly secret: string }
  | { readonly page: "stop"; readonly secret: string }
  | { readonly page: "meetings"; readonly tab: MeetingListTab }
  | { readonly page: "newMeeting" }
  | { readonly page: "meeting"; readonly meetingId: string; readonly tab: MeetingTab }
  | { readonly page: "account"; readonly tab: AccountTab }
  | { readonly page: "admin"; readonly tab: AdminTab }
  | { readonly page: "notFound" };

const ID = /^[a-z2-7]{16}$/;

/** Parses an address of the dashboard. */
export function parseDashboardRoute(url: URL): DashboardRoute {
  const [first = "", second, third, ...rest] = url.pathname.replace(/\/$/, "").split("/").slice(1);
  const secret = url.hash.slice(1);
  if (rest.length > 0 || (third !== undefined && !ID.test(second ?? ""))) return { page: "notFound" };
  if (!isDashboardPath(first)) return { page: "notFound" };
  switch (first) {
    case "signin":
      return {
        page: "signIn",
        returnTo: safeReturn(url.searchParams.get("returnTo")) + (secret === "" ? "" : `#${secret}`),
        half: /^[0-9a-f]*$/.exec(url.searchParams.get("half") ?? "")?.[0] ?? "",
        problem: url.searchParams.get("problem") ?? "",
      };
    case "first":
    case "invite":
    case "reset":
    case "email":
      return { page: "oneTimeLink", secret };
    case "answer":
      return { page: "answer", secret };
    case "stop":
      return { page: "stop", secret };
    case "meetings":
      if (second === "new") return { page: "newMeeting" };
      if (second !== undefined && ID.test(second)) {
        return tabRoute(third, MEETING_TABS, (tab) => ({ page: "meeting", meetingId: second, tab }));
      }
      return tabRoute(second, MEETING_LIST_TABS, (tab) => ({ page: "meetings", tab }));
    case "account":
      return tabRoute(second, ACCOUNT_TABS, (tab) => ({ page: "account", tab }));
    case "admin":
      return tabRoute(second, ADMIN_TABS, (tab) => ({ page: "admin", tab }));
    default:
      return first satisfies never;
  }
}

function tabRoute<Tab extends string>(
  name: string | undefined,
  tabs: readonly [Tab, ...Tab[]],
  make: (tab: Tab) => DashboardRoute,
): DashboardRoute {
  const tab = name === undefined ? tabs[0] : tabs.find((tab) => tab === name);
  return tab === undefined ? { page: "notFound" } : make(tab);
}

/**
 * Returns a path on this site, or the dashboard's: a link to the sign-in page cannot send anyone elsewhere.
 */
export function safeReturn(wish: string | null): string {
  if (wish === null || !/^\/[^/\\]/.test(wish)) return "/meetings";
  try {
    const url = new URL(wish, "https://here.invalid");
    return url.origin === "https://here.invalid" ? url.pathname + url.search : "/meetings";
  } catch {
    return "/meetings";
  }
}

/** The dashboard page for the current address. */
export function createDashboardRoute(): () => DashboardRoute {
  const [href, setHref] = createSignal(location.href);
  const listening = new AbortController();
  for (const change of ["popstate", "hashchange", NAVIGATED]) {
    addEventListener(change, () => setHref(location.href), { signal: listening.signal });
  }
  onCleanup(() => listening.abort());
  return createMemo(() => parseDashboardRoute(new URL(href())), undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
}

/** Follows a click on a link to another dashboard page without reloading. */
export function followLinks(event: MouseEvent): void {
  if (
    event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey ||
    event.altKey
  ) {
    return;
  }
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (
    link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin
  ) return;
  if (parseDashboardRoute(new URL(link.href)).page === "notFound") return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  dispatchEvent(new Event(NAVIGATED));
  scrollTo(0, 0);
}

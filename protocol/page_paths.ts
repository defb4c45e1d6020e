/**
 * Prefix of a room's path in all spellings used by people and programs: `/r/`, without regard to case, with
 * more slashes, or encoded once or more.
 */
export const ROOM_PATH = /^(?:\/|%(?:25)*2F)+r(?:\/|%(?:25)*2F)+/i;

/** First parts of the paths of pages for people with an account; `more`: whether further parts can follow. */
export const DASHBOARD_PATHS = {
  signin: { more: false },
  first: { more: false },
  invite: { more: false },
  reset: { more: false },
  email: { more: false },
  answer: { more: false },
  stop: { more: false },
  meetings: { more: true },
  account: { more: true },
  admin: { more: true },
} as const satisfies Record<string, { readonly more: boolean }>;

export type DashboardPath = keyof typeof DASHBOARD_PATHS;

/** Whether a first part of a path leads to such a page. */
export function isDashboardPath(first: string): first is DashboardPath {
  return Object.hasOwn(DASHBOARD_PATHS, first);
}

import type { Suite } from "./suite.ts";

/**
 * About how long suites take beside others on two processors, seconds; those below 20 are not named. Written down, not
 * measured by each machine for itself: on one that tests for the first time the order matters as well.
 * Source: `npm test` in tools/test_fresh.ts, 2026-11-30.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  "tests/open_files_test.ts": 170,
  "media": 140,
  "tests/fuzz_test.ts": 120,
  "tests/return_test.ts": 100,
  "tests/firefox_test.ts": 80,
  "tests/fair_shares_test.ts": 80,
  "tests/silent_server_test.ts": 80,
  "tests/presence_random_test.ts": 75,
  "tests/media_repair_test.ts": 75,
  "tests/long_meeting_test.ts": 70,
  "tests/proxies_test.ts": 70,
  "tests/old_browser_test.ts": 65,
  "tests/silent_publisher_test.ts": 65,
  "tests/call_test.ts": 60,
  "tests/dashboard_test.ts": 60,
  "tests/old_pages_test.ts": 60,
  "tests/scope_effects_test.ts": 60,
  "tests/silent_database_test.ts": 60,
  "edge/http": 60,
  "tests/browser_test.ts": 55,
  "tests/page_keys_test.ts": 55,
  "tests/webkit_test.ts": 55,
  "tests/bad_input_test.ts": 50,
  "tests/calendar_file_test.ts": 50,
  "tests/cluster_cascade_test.ts": 50,
  "types": 50,
  "edge/meetings": 45,
  "tests/deaf_path_test.ts": 45,
  "tests/devices_test.ts": 45,
  "tests/on_the_way_test.ts": 45,
  "tests/pages_test.ts": 45,
  "tests/product_test.ts": 45,
  "tests/store_health_test.ts": 40,
  "tests/older_edge_test.ts": 40,
  "tests/tenant_hosts_test.ts": 35,
  "edge/store": 30,
  "tests/cluster_backpressure_test.ts": 30,
  "tests/rest_rights_test.ts": 30,
  "tests/signaling_test.ts": 30,
  "units": 30,
  "edge": 25,
  "edge/identity": 25,
  "tests/amplification_test.ts": 25,
  "tests/cluster_limits_test.ts": 25,
  "tests/guessing_test.ts": 20,
  "tests/oidc_test.ts": 20,
  "tests/older_edge_page_test.ts": 20,
  "tests/watchdog_start_test.ts": 20,
};

/** The suites: those that need nothing, then the longest first, so that none is left running when all others are done. */
export function longestFirst(suites: readonly Suite[]): Suite[] {
  const rank = ({ name, early }: Suite) => (early ? 10_000 : 0) + (SECONDS[name] ?? 0);
  return [...suites].sort((a, b) => rank(b) - rank(a));
}

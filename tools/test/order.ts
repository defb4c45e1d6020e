import type { Suite } from "./suite.ts";

/**
 * Approximate durations of suites that run beside others on two cores, seconds; those below 20 are not
 * listed. Recorded here instead of measured on each machine, since the order matters on a machine's first
 * run, too. Source: `npm test`, 2026-11-30.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  "tests/presence_random_test.ts": 280,
  "tests/return_test.ts": 195,
  "tests/old_browser_test.ts": 170,
  "media": 160,
  "edge/http": 155,
  "tests/call_test.ts": 135,
  "tests/fuzz_test.ts": 135,
  "tests/proxies_test.ts": 135,
  "tests/dashboard_test.ts": 110,
  "tests/open_files_test.ts": 110,
  "tests/devices_test.ts": 100,
  "tests/pages_test.ts": 100,
  "types": 95,
  "tests/media_repair_test.ts": 90,
  "tests/webkit_test.ts": 90,
  "tests/silent_publisher_test.ts": 85,
  "tests/firefox_test.ts": 80,
  "tests/scope_effects_test.ts": 80,
  "tests/browser_test.ts": 75,
  "tests/page_keys_test.ts": 75,
  "tests/silent_database_test.ts": 75,
  "tests/silent_server_test.ts": 75,
  "tests/fair_shares_test.ts": 70,
  "tests/long_meeting_test.ts": 60,
  "tests/product_test.ts": 60,
  "edge/meetings": 55,
  "tests/cluster_cascade_test.ts": 55,
  "tests/region_call_test.ts": 55,
  "tests/deaf_path_test.ts": 45,
  "tests/old_pages_test.ts": 45,
  "tests/store_health_test.ts": 40,
  "units": 40,
  "tests/amplification_test.ts": 35,
  "tests/bad_input_test.ts": 35,
  "tests/cluster_backpressure_test.ts": 35,
  "tests/cluster_chaos_test.ts": 35,
  "tests/cluster_limits_test.ts": 35,
  "tests/on_the_way_test.ts": 35,
  "tests/region_test.ts": 35,
  "tests/tenant_hosts_test.ts": 35,
  "tests/signaling_test.ts": 30,
  "edge": 25,
  "edge/store": 25,
  "tests/older_edge_test.ts": 25,
  "edge/mail": 20,
  "tests/calendar_file_test.ts": 20,
  "tests/cluster_presence_test.ts": 20,
  "tests/image_test.ts": 20,
  "tests/page_directions_test.ts": 20,
  "tests/page_focus_test.ts": 20,
  "tests/removal_test.ts": 20,
  "tests/rest_rights_test.ts": 20,
  "tests/screens_test.ts": 20,
  "tests/waiting_test.ts": 20,
  "tests/watchdog_start_test.ts": 20,
};

/**
 * Sorts the suites: those that need nothing, then the longest first, so that none is still running when all
 * others are done.
 */
export function longestFirst(suites: readonly Suite[]): Suite[] {
  const rank = ({ name, early, seconds = 0 }: Suite) => (early ? 10_000 : 0) + (SECONDS[name] ?? seconds);
  return [...suites].sort((a, b) => rank(b) - rank(a));
}

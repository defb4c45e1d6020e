/** What tests reach that no import shows. Paths from the repository's root; one that ends in "/" means all below it. */

/**
 * Features: what has one base name in every folder (`hand.ts`, `HandButton.tsx`) or a folder of that name below a
 * `features/`. A change inside one reaches, of what lies behind the lists that features are plugged into, only the
 * tests that speak of it.
 */
export const FEATURES: readonly string[] = [
  "chat",
  "hand",
  "reaction",
  "favourite",
  "group",
  "invitation",
];

/** What the pages of a part of the web app are made of, besides what they import. */
const ROOM = ["web/src/room/", "web/src/lobby/", "web/src/call/", "web/src/home/"];
const DASHBOARD = ["web/src/desk/", "web/src/home/", "web/src/me/"];

/** The pages that each browser test drives. A test with a browser that is not here drives all of them. */
export const DRIVES: Readonly<Record<string, readonly string[]>> = {
  "tests/browser_test.ts": ROOM,
  "tests/call_test.ts": ROOM,
  "tests/waiting_test.ts": ROOM,
  "tests/older_edge_page_test.ts": ["web/src/room/", "web/src/call/"],
  "tests/product_test.ts": ["web/src/call/"],
  "tests/region_call_test.ts": ["web/src/call/"],
  "tests/firefox_test.ts": ["web/src/call/"],
  "tests/cluster_chaos_test.ts": ["web/src/call/"],
  "tests/dashboard_test.ts": [
    ...DASHBOARD,
    "web/src/account/",
    "web/src/admin/",
    "web/src/meetings/",
    "web/src/signin/",
  ],
  "tests/passkey_test.ts": ["web/src/account/", "web/src/signin/", "web/src/desk/"],
  "tests/oidc_test.ts": ["web/src/account/", "web/src/signin/", "web/src/desk/"],
};

/** How a test that has a browser says so. */
export const BROWSER = /\b(TestBrowser|FirefoxPerson|serveFixture)\b/;

/** Files that only choose among pages, or words: what they load is reached by who drives it. */
export const SHELLS = /^web\/src\/((app|main)\.tsx|desk\/Desk\.tsx|i18n\/\w+\.ts)$/;

/** Words of some pages only, `en_room.ts`, where the folder has another name. What has no page (`en.ts`) is behind all. */
export const WORDS_OF: Readonly<Record<string, readonly string[]>> = {
  sign_in: ["web/src/signin/"],
  link: ["web/src/room/", "web/src/home/"],
};

/** Files that read others at run time, which they name by folder. */
export const READS: Readonly<Record<string, readonly string[]>> = {
  "edge/store/migrate.ts": ["sql/"],
  "edge/store/schema_test.ts": ["sql/"],
  "tests/image_test.ts": [
    "Dockerfile.edge",
    "Dockerfile.media",
    "compose.yaml",
    ".dockerignore",
    "tools/image.ts",
  ],
  "tests/edge_process.ts": ["edge/deploy.ts", "edge/main.ts"],
};

/** Quick tests of what any file may be quoted by: they always run. */
export const ALWAYS: readonly string[] = ["tests/docs_test.ts"];

/** What everything depends on. */
export const EVERYTHING: readonly string[] = ["deno.json", "deno.lock", "package.json"];

/** Parts of the web app that are behind every page. */
export const ALL_PAGES: readonly string[] = [
  "web/src/ui/",
  "web/src/i18n/",
  "web/src/api/",
  "web/src/app.tsx",
  "web/src/main.tsx",
  "web/index.html",
  "web/vite.config.ts",
  "web/precompressed.ts",
  "web/package.json",
  "web/public/",
];

import { FEATURE_NAMES } from "@tafelrunde/protocol";

/**
 * What tests reach without an import that shows it. Paths start at the repository's root; one that ends in
 * "/" means everything below it.
 */

/**
 * Features: files with the same base name in every folder (`hand.ts`, `HandButton.tsx`) or a folder of that
 * name below a `features/`. Beyond the lists that features are plugged into, a change inside a feature
 * reaches only the tests that mention it.
 */
export const FEATURES: readonly string[] = [
  ...FEATURE_NAMES,
  "favourite",
  "group",
  "invitation",
];

/** Folders used by the pages of a part of the web app, besides what they import. */
const ROOM = ["web/src/room/", "web/src/lobby/", "web/src/call/", "web/src/home/"];
const DASHBOARD = ["web/src/dashboard/", "web/src/home/", "web/src/me/"];

/** The pages that each browser test drives. A browser test that is not listed drives all of them. */
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
  "tests/passkey_test.ts": ["web/src/account/", "web/src/signin/", "web/src/dashboard/"],
  "tests/oidc_test.ts": ["web/src/account/", "web/src/signin/", "web/src/dashboard/"],
};

/** How a browser test is recognized. */
export const BROWSER = /\b(TestBrowser|FirefoxPerson|serveGallery)\b/;

/** Files that only choose among pages or languages: what they load is reached by the tests that drive it. */
export const SHELLS = /^web\/src\/((app|main)\.tsx|dashboard\/Dashboard\.tsx|i18n\/\w+\.ts)$/;

/**
 * Words of some pages only, `en_room.ts`, whose folder has another name. Words without a page (`en.ts`) are
 * used by all.
 */
export const WORDS_OF: Readonly<Record<string, readonly string[]>> = {
  sign_in: ["web/src/signin/"],
  link: ["web/src/room/", "web/src/home/"],
};

/** Files that read others at run time, by folder. */
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

/** Quick tests of documents that can quote any file: they always run. */
export const ALWAYS: readonly string[] = ["tests/docs_test.ts"];

/** Files that everything depends on. */
export const EVERYTHING: readonly string[] = ["deno.json", "deno.lock", "package.json"];

/** Parts of the web app that every page uses. */
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

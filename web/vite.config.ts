import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";
import { precompressed } from "./precompressed.ts";

/**
 * The web app: one document, the lobby, and chunks that load behind it (home, the meeting, the media path with mediasoup-client, each
 * language). Nothing inline, so that the CSP can be `script-src 'self'`. The edge reads the manifest to have a direct way's chunks load
 * beside the first.
 */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  plugins: [solid(), plainImports(), precompressed()],
  build: {
    target: "es2022",
    manifest: true,
    // With one style sheet, a chunk needs nothing but the lobby, which is there: see plainImports.
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // All that the entry needs at once in one file: it compresses better than one for each set of sharers.
        codeSplitting: { groups: [{ name: "lobby", tags: ["$initial"] }] },
      },
    },
  },
});

/** Leaves out Vite's loader of what a chunk depends on, which would be the lobby's largest module of our own. */
function plainImports(): Plugin {
  return {
    name: "tafelrunde:plain-imports",
    enforce: "pre",
    load: (id) => id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null,
  };
}

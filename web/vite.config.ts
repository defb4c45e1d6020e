import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

/**
 * The web app: one document, the lobby, and chunks that load behind it (home, the meeting, the media path with mediasoup-client, each
 * language). Nothing inline, so that the CSP can be `script-src 'self'`. The edge reads the manifest to have a direct way's chunks load
 * beside the first.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid()],
  build: {
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // All that the entry needs at once in one file: it compresses better than one for each set of sharers.
        codeSplitting: { groups: [{ name: "lobby", tags: ["$initial"] }] },
      },
    },
  },
});

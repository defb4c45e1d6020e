import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

/**
 * The web app: one document, an entry with home and lobby, and chunks that load behind it (the meeting; the media path with
 * mediasoup-client). Nothing inline, so that the CSP can be `script-src 'self'`. The edge reads the manifest to have a direct way's chunks
 * load beside the entry.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid()],
  build: {
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});

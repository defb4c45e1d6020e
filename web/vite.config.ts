import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";
import { precompressed } from "./precompressed.ts";

/**
 * The exports of src/behind_lobby.ts and their imports, in one file: the meeting and the media code share
 * parts of it.
 */
const BEHIND_LOBBY =
  /\/src\/(?:behind_lobby|call\/(?:capture|devices|fold|gesture|playing|predict|screen|stopped_since)|lobby\/(?:CaptureNotices|LevelMeter)|ui\/(?:fit|Video))\.tsx?$/;

/**
 * The web app: one document, the lobby, and chunks that load after it (home, the meeting, the media code with
 * mediasoup-client, each language). Nothing inline, so that the CSP can be `script-src 'self'`. The edge
 * reads the manifest so that the chunks of a direct join load along with the first.
 */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  plugins: [solid(), plainImports(), checkedBrowser(), precompressed()],
  build: {
    target: "es2022",
    manifest: true,
    // With one style sheet, a chunk needs nothing but the lobby, which is loaded: see plainImports.
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // Everything that the entry needs at once in one file: it compresses better than one file for each
        // set of sharers.
        codeSplitting: {
          groups: [
            { name: "lobby", tags: ["$initial"], priority: 2 },
            // The dashboard needs it too, and nothing else of the code behind the lobby.
            { name: "Choice", test: /\/src\/ui\/Choice\.tsx$/, priority: 1 },
            { name: "handed_focus", test: /\/src\/ui\/handed_focus\.ts$/, priority: 1 },
            { name: "behind_lobby", test: BEHIND_LOBBY },
            // The dashboard needs the defaults of settings too.
            {
              name: "feature_states",
              test:
                /\/protocol\/(?:features\/\w+\/(?!messages)\w+|features?|feature_states|default_settings)\.ts$/,
              priority: 1,
            },
            // All vocabularies use these.
            { name: "plural", test: /\/src\/i18n\/plural\.ts$/, priority: 1 },
            { name: "isolate", test: /\/src\/i18n\/isolate\.ts$/, priority: 1 },
            // The words of the meeting and its features in one file for each language.
            { name: "room_de", test: /\/src\/(?:i18n\/de_room|features\/\w+\/de)\.ts$/ },
            { name: "room_en", test: /\/src\/(?:i18n\/en_room|features\/\w+\/en)\.ts$/ },
          ],
        },
      },
    },
  },
});

/**
 * Gives check.js, which no bundler may transform, a name with a hash of its content: it can be cached forever
 * like all others.
 */
function checkedBrowser(): Plugin {
  const written = readFileSync(new URL("check.js", import.meta.url), "utf8");
  // Without its comment and its indentation.
  const source = written.replace(/\/\*[^]*?\*\//, "").replaceAll(/^ +/gm, "");
  const fileName = `assets/check-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.js`;
  return {
    name: "tafelrunde:checked-browser",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "asset", fileName, source });
    },
    transformIndexHtml: (html) => html.replace("/check.js", `/${fileName}`),
  };
}

/**
 * Omits Vite's loader of a chunk's dependencies, which would be the largest module of our own in the lobby.
 */
function plainImports(): Plugin {
  return {
    name: "tafelrunde:plain-imports",
    enforce: "pre",
    load: (id) => id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null,
  };
}

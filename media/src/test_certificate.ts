import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for 127.0.0.1 that is trusted only where configured, with its files. */
export interface TestCertificate extends Disposable {
  /** Variables of a node that presents it. */
  readonly own: Readonly<Record<string, string>>;
  /** Variables of a node that presents it and trusts others that do. */
  readonly trusted: Readonly<Record<string, string>>;
  /** Variables of a node that presents it to browsers. */
  readonly probe: Readonly<Record<string, string>>;
  /** The certificate to trust (PEM). */
  readonly pem: string;
}

export function makeCertificate(): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "tafelrunde-tls-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  execFileSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=test".split(" "),
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
  ], { stdio: "ignore" });
  const own = { CONTROL_CERT: cert, CONTROL_CERT_KEY: key };
  return {
    own,
    trusted: { ...own, CONTROL_CA: cert },
    probe: { PROBE_CERT: cert, PROBE_CERT_KEY: key },
    pem: readFileSync(cert, "utf8"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

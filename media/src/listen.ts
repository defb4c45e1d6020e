import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import { type NewcomerLimits, Newcomers } from "./newcomers.ts";

/** Interval between checks of a certificate file, ms: certificates are renewed weeks ahead of expiry. */
const CERTIFICATE_INTERVAL_MS = 60_000;

/**
 * Time limits of a TLS handshake, a request's headers and the whole request, ms, and the interval of the
 * checks.
 */
const DEADLINES = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Files with a certificate and its key (PEM); undefined: no TLS. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Limits for connections that have not authenticated yet. */
  readonly newcomers: NewcomerLimits;
  readonly log: Log;
}

/** A listening HTTP or HTTPS server. Its owner closes its connections; disposing stops the listening. */
export interface Listener extends Disposable {
  readonly server: Server | HttpsServer;
  readonly port: number;
  /** Must be notified of the connections that have authenticated. */
  readonly newcomers: Newcomers;
  /** Handlers of GET requests by path; any other request that opens no WebSocket is answered 426. */
  readonly routes: Map<string, RequestListener>;
}

/**
 * Starts listening. Rejects if it cannot, or if the certificate cannot be read. A renewed certificate is
 * loaded without a restart.
 */
export async function listen(
  { host, port, certificate, newcomers: limits, log }: ListenOptions,
): Promise<Listener> {
  const newcomers = new Newcomers(limits);
  const routes = new Map<string, RequestListener>();
  const answer: RequestListener = (request, response) => {
    const route = request.method === "GET" ? routes.get(request.url ?? "") : undefined;
    if (route === undefined) response.writeHead(426).end();
    else guarded(log, "listener", route, () => response.destroy())(request, response);
  };
  let server: Server | HttpsServer;
  let stopWatching = () => {};
  if (certificate === undefined) server = createHttpServer(DEADLINES, answer);
  else {
    const { certFile, keyFile } = certificate;
    const read = () => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
    const https = createHttpsServer({ ...read(), ...DEADLINES }, answer);
    const renew = () => {
      try {
        https.setSecureContext(read());
        log.info("certificate.renewed", { certFile });
      } catch (error) {
        log.error("certificate.unreadable", { certFile, error });
      }
    };
    watchFile(certFile, { interval: CERTIFICATE_INTERVAL_MS, persistent: false }, renew);
    stopWatching = () => unwatchFile(certFile, renew);
    server = https;
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => resolve());
    });
  } catch (error) {
    stopWatching();
    throw error;
  }
  server.on("error", (error) => log.error("listen.failed", { error }));
  server.on("connection", guarded(log, "listener", (socket: Socket) => newcomers.add(socket)));
  return {
    server,
    newcomers,
    routes,
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      stopWatching();
      server.close();
    },
  };
}

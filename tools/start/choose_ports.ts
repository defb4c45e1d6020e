import { freeTcpPort, isTcpPortFree, isUdpPortFree } from "../ports.ts";
import { SetupError } from "../setup/step.ts";

/** Ports that are tried in turn, so that a second clone on the same machine simply runs, too. */
const PAGE_PORTS = range(8080, 20, 1);
const CONTROL_PORTS = range(4400, 20, 1);
const RTC_PORTS = range(44400, 20, 100);

/** The ports that the product listens on. */
export interface Ports {
  /** Pages, API and signaling, TCP. */
  readonly page: number;
  /** The media node's control channel, TCP; 0, like the next, if no media node runs here. */
  readonly control: number;
  /** First media port, UDP and TCP; one more for each worker. */
  readonly rtc: number;
}

/**
 * The ports that PORT, CONTROL_PORT and RTC_PORT set; without them, the default or the next free ones. Throws
 * `SetupError` if a requested port is in use.
 */
export async function choosePorts(env: (name: string) => string | undefined): Promise<Ports> {
  const host = env("HOST") || "0.0.0.0";
  const controlHost = env("CONTROL_HOST") || "127.0.0.1";
  // The edge alone: media nodes run elsewhere, and their ports do not matter here.
  const hasMedia = !env("MEDIA_NODES");
  const workers = Number(env("WORKERS")) || navigator.hardwareConcurrency;
  return {
    page: await choose("PORT", env("PORT"), PAGE_PORTS, (port) => isTcpPortFree(host, port)),
    control: hasMedia
      ? await choose(
        "CONTROL_PORT",
        env("CONTROL_PORT"),
        CONTROL_PORTS,
        (port) => isTcpPortFree(controlHost, port),
      )
      : 0,
    rtc: hasMedia
      ? await choose("RTC_PORT", env("RTC_PORT"), RTC_PORTS, (first) => areRtcPortsFree(first, workers))
      : 0,
  };
}

/** Whether a media node could use `first` and the ports after it, one for each worker, UDP and TCP. */
export async function areRtcPortsFree(first: number, workers: number): Promise<boolean> {
  for (const port of range(first, workers, 1)) {
    if (!isTcpPortFree("0.0.0.0", port) || !await isUdpPortFree(port)) return false;
  }
  return true;
}

type IsFree = (port: number) => boolean | Promise<boolean>;

async function choose(
  name: string,
  asked: string | undefined,
  usual: number[],
  isFree: IsFree,
): Promise<number> {
  if (asked) {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new SetupError(`${name}=${asked} is not a port.`);
    }
    // Chosen here and not by the service, so that it keeps its port after a crash.
    if (port === 0 && name !== "RTC_PORT") return freeTcpPort();
    if (port !== 0 && !await isFree(port)) {
      throw new SetupError(`Port ${port} (${name}) is in use by another program.`);
    }
    return port;
  }
  for (const port of usual) if (await isFree(port)) return port;
  throw new SetupError(`None of the ports ${usual[0]} to ${usual.at(-1)} is free; choose one with ${name}=…`);
}

function range(first: number, count: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index * step);
}

import type { ConnectionTransport } from "puppeteer-core";

/**
 * The oldest Firefox that tests use: the previous ESR, which Debian still offers where package lists are some
 * weeks old.
 */
const OLDEST = "Firefox ESR 140";

/**
 * The WebDriver BiDi commands of Firefox 140.12, and the parameters that it reads. Source: the modules in
 * `chrome/remote/content/webdriver-bidi/modules/root/` of its `omni.ja`; `session.new` and `session.status`
 * are in `NewSessionHandler` and `WebDriverBiDi`.
 */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "browser.close": [],
  "browser.createUserContext": ["acceptInsecureCerts"],
  "browser.getClientWindows": [],
  "browser.getUserContexts": [],
  "browser.removeUserContext": ["userContext"],
  "browsingContext.activate": ["context"],
  "browsingContext.captureScreenshot": ["clip", "context", "format", "origin"],
  "browsingContext.close": ["context", "promptUnload"],
  "browsingContext.create": ["background", "referenceContext", "type", "userContext"],
  "browsingContext.getTree": ["maxDepth", "root"],
  "browsingContext.handleUserPrompt": ["accept", "context", "userText"],
  "browsingContext.locateNodes": ["context", "locator", "maxNodeCount", "serializationOptions", "startNodes"],
  "browsingContext.navigate": ["context", "url", "wait"],
  "browsingContext.print": [
    "background",
    "context",
    "margin",
    "orientation",
    "page",
    "pageRanges",
    "scale",
    "shrinkToFit",
  ],
  "browsingContext.reload": ["context", "ignoreCache", "wait"],
  "browsingContext.setViewport": ["context", "devicePixelRatio", "userContexts", "viewport"],
  "browsingContext.traverseHistory": ["context", "delta"],
  "emulation.setGeolocationOverride": ["contexts", "coordinates", "userContexts"],
  "input.performActions": ["actions", "context"],
  "input.releaseActions": ["context"],
  "input.setFiles": ["context", "element", "files"],
  "network.addIntercept": ["contexts", "phases", "urlPatterns"],
  "network.continueRequest": ["body", "cookies", "headers", "method", "request", "url"],
  "network.continueResponse": ["cookies", "credentials", "headers", "reasonPhrase", "request", "statusCode"],
  "network.continueWithAuth": ["action", "credentials", "request"],
  "network.failRequest": ["request"],
  "network.provideResponse": ["body", "cookies", "headers", "reasonPhrase", "request", "statusCode"],
  "network.removeIntercept": ["intercept"],
  "network.setCacheBehavior": ["cacheBehavior", "contexts"],
  "permissions.setPermission": ["descriptor", "origin", "state", "userContext"],
  "script.addPreloadScript": ["arguments", "contexts", "functionDeclaration", "sandbox", "userContexts"],
  "script.callFunction": [
    "arguments",
    "awaitPromise",
    "functionDeclaration",
    "resultOwnership",
    "serializationOptions",
    "target",
    "this",
    "userActivation",
  ],
  "script.disown": ["handles", "target"],
  "script.evaluate": [
    "awaitPromise",
    "expression",
    "resultOwnership",
    "serializationOptions",
    "target",
    "userActivation",
  ],
  "script.getRealms": ["context", "type"],
  "script.removePreloadScript": ["script"],
  "session.end": [],
  "session.new": ["capabilities"],
  "session.status": [],
  "session.subscribe": ["contexts", "events", "userContexts"],
  "session.unsubscribe": ["contexts", "events", "subscriptions"],
  "storage.deleteCookies": ["filter", "partition"],
  "storage.getCookies": ["filter", "partition"],
  "storage.setCookie": ["cookie", "partition"],
  "webExtension.install": ["extensionData"],
  "webExtension.uninstall": ["extension"],
};

/** The events that Firefox 140.12 sends. Source: `supportedEvents` in the same modules. */
const EVENTS: readonly string[] = [
  "browsingContext.contextCreated",
  "browsingContext.contextDestroyed",
  "browsingContext.domContentLoaded",
  "browsingContext.fragmentNavigated",
  "browsingContext.load",
  "browsingContext.navigationCommitted",
  "browsingContext.navigationFailed",
  "browsingContext.navigationStarted",
  "browsingContext.userPromptClosed",
  "browsingContext.userPromptOpened",
  "log.entryAdded",
  "network.authRequired",
  "network.beforeRequestSent",
  "network.fetchError",
  "network.responseCompleted",
  "network.responseStarted",
  "script.message",
  "script.realmCreated",
  "script.realmDestroyed",
];

/** The modules of the commands: clients can subscribe to all events of a module, even if it has none. */
const MODULES = new Set(Object.keys(COMMANDS).map((name) => name.split(".")[0]!).concat("log"));

interface Command {
  readonly id: number;
  readonly method: string;
  readonly params?: { readonly [name: string]: unknown; readonly events?: readonly string[] };
}

/** What the oldest Firefox lacks for this command, in words; undefined: nothing. */
export function whatIsMissing({ method, params = {} }: Command): string | undefined {
  const known = COMMANDS[method];
  if (known === undefined) return `the command ${method}`;
  const unknown = Object.keys(params).find((name) => !known.includes(name));
  if (unknown !== undefined) return `the parameter ${unknown} of ${method}`;
  const event = method === "session.subscribe" || method === "session.unsubscribe"
    ? params.events?.find((name) => !(name.includes(".") ? EVENTS.includes(name) : MODULES.has(name)))
    : undefined;
  return event === undefined ? undefined : `the event ${event}`;
}

/**
 * A connection to any Firefox on which commands that the oldest one lacks fail: they get its response,
 * "unknown command", and never reach the browser.
 */
export function asOldestFirefox(transport: ConnectionTransport): ConnectionTransport {
  const near: ConnectionTransport = {
    send(message) {
      const command: Command = JSON.parse(message);
      const missing = whatIsMissing(command);
      if (missing === undefined) return transport.send(message);
      const answer = {
        type: "error",
        id: command.id,
        error: "unknown command",
        message: `${OLDEST} does not have ${missing}`,
      };
      queueMicrotask(() => near.onmessage?.(JSON.stringify(answer)));
    },
    close: () => transport.close(),
  };
  transport.onmessage = (message) => near.onmessage?.(message);
  transport.onclose = () => near.onclose?.();
  return near;
}

/** Connects to the WebSocket of a Firefox's remote agent. Throws if it does not respond. */
export async function openTransport(url: string): Promise<ConnectionTransport> {
  const socket = new WebSocket(url);
  const transport: ConnectionTransport = {
    send: (message) => socket.send(message),
    close: () => socket.close(),
  };
  socket.onmessage = ({ data }) => transport.onmessage?.(data);
  socket.onclose = () => transport.onclose?.();
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`no answer from Firefox at ${url}`));
  });
  return transport;
}

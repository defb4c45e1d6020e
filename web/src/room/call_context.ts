import { createContext, useContext } from "solid-js";
import type { Call } from "../call/api.ts";

interface CallInContext {
  readonly call: Call;
  /** The meeting's link, to share. */
  readonly url: string;
}

/** The call of the components below. */
export const CallContext = createContext<CallInContext>();

/** The call of this page. Throws outside of a call. */
export function useCall(): Call {
  return inContext().call;
}

/** The link of this page's meeting. Throws outside of a call. */
export function useMeetingUrl(): string {
  return inContext().url;
}

function inContext(): CallInContext {
  const context = useContext(CallContext);
  if (context === undefined) throw new Error("no call here");
  return context;
}

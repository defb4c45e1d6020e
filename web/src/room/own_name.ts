import { createEffect } from "solid-js";
import { rememberName } from "../call/identity.ts";
import { useCall } from "./call_context.ts";

/**
 * Makes the next lobby suggest the name that the person has in the meeting, also after a moderator changed
 * it.
 */
export function createRememberedName(): void {
  const call = useCall();
  createEffect(() => {
    const { you, account, state: { participants } } = call.view;
    const name = you && participants[you]?.name;
    if (name) rememberName(name, account);
  });
}

import { refusalText } from "../i18n/refusal_text.ts";
import type { CommandDraft } from "../call/api.ts";
import { alert } from "../ui/icons.ts";
import { useCall } from "./call_context.ts";
import { useToasts } from "./Toasts.tsx";

/** Sends a command and shows a toast if it is refused. Resolves to whether it succeeded. */
export function useSend(): (draft: CommandDraft) => Promise<boolean> {
  const call = useCall();
  const toasts = useToasts();
  return async (draft) => {
    const refusal = await call.send(draft);
    if (refusal !== null) toasts.show({ shape: alert, text: refusalText(refusal.refused) });
    return refusal === null;
  };
}

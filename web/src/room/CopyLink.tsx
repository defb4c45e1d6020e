import { createSignal, Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { copyText } from "../ui/clipboard.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { alert } from "../ui/icons.ts";
import { check, link } from "./icons.ts";
import { type SharedLink, useSharedLink } from "./shared_link.ts";
import { useToasts } from "./Toasts.tsx";

/** Copies the link for everyone to the clipboard; absent if the person has none to share. */
export function CopyLink() {
  const shared = useSharedLink();
  const toasts = useToasts();
  const [isCopied, setCopied] = createSignal(false);

  const copy = async (link: NonNullable<SharedLink>) => {
    const { text, isCopied } = await copyText(typeof link === "string" ? link : link());
    if (isCopied) {
      setCopied(true);
      toasts.show({ shape: check, text: roomWords().linkCopied });
    } else if (text === undefined) toasts.show({ shape: alert, text: roomWords().noLink });
    else prompt(roomWords().linkNotCopied, text);
  };

  return (
    <Show when={shared()}>
      {(found) => (
        <ControlButton
          label={roomWords().copyLink}
          shape={isCopied() ? check : link}
          onClick={() => void copy(found())}
        />
      )}
    </Show>
  );
}

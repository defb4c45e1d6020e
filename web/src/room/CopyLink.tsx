import { createSignal } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { useMeetingUrl } from "./call_context.ts";
import { check, link } from "./shapes.ts";
import { useToasts } from "./Toasts.tsx";

/** Puts the meeting's link on the clipboard. */
export function CopyLink() {
  const url = useMeetingUrl();
  const toasts = useToasts();
  const [isCopied, setCopied] = createSignal(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
      toasts.show({ shape: check, text: roomWords().linkCopied });
    } catch {
      // No clipboard (a page without HTTPS) or no leave to use it: the person copies by hand.
      prompt(roomWords().linkNotCopied, url);
    }
  };

  return (
    <ControlButton
      label={roomWords().copyLink}
      shape={isCopied() ? check : link}
      onClick={() => void copy()}
    />
  );
}

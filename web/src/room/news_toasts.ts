import type { Role } from "@tafelrunde/protocol";
import { createEffect, untrack } from "solid-js";
import { sentence } from "../i18n/isolate.ts";
import { roomWords } from "../i18n/language.ts";
import { cameraOff, microphoneOff, people } from "../ui/icons.ts";
import { useCall } from "./call_context.ts";
import { type News, newsBetween } from "./news.ts";
import { chat, hand, screenStop } from "./icons.ts";
import { type Toast, useToasts } from "./Toasts.tsx";

/** Shows others' actions in toasts; chat messages only while the chat is closed. */
export function createNewsToasts(isChatOpen: () => boolean, openChat: () => void): void {
  const call = useCall();
  const toasts = useToasts();

  const toastOf = (news: News): Toast | undefined => {
    const t = roomWords();
    switch (news.what) {
      case "joined":
        return { shape: people, text: one(news.names, t.joined) ?? t.joinedMany(news.names.length) };
      case "left":
        return { shape: people, text: one(news.names, t.left) ?? t.leftMany(news.names.length) };
      case "hand":
        return { shape: hand, text: news.names.map(t.handOf).join(", ") };
      case "chat":
        if (isChatOpen()) return undefined;
        return {
          shape: chat,
          text: sentence`${news.message.name}: ${news.message.text ?? ""}`,
          onClick: openChat,
        };
      default:
        return news satisfies never;
    }
  };

  createEffect((before: typeof call.view.stopped) => {
    const { stopped } = call.view;
    if (stopped === undefined || stopped === before) return stopped;
    const t = untrack(roomWords);
    const { source, by } = stopped;
    const said = source === "microphone"
      ? t.mutedBy
      : source === "camera"
      ? t.cameraStoppedBy
      : t.shareStoppedBy;
    toasts.show({
      shape: source === "microphone" ? microphoneOff : source === "camera" ? cameraOff : screenStop,
      text: said(by || t.aModerator),
    });
    return stopped;
  });

  createEffect(() => {
    if (call.view.local.screen.hasFailed) {
      toasts.show({ shape: screenStop, text: untrack(roomWords).screenFailed });
    }
  });

  createEffect((before: Role | undefined) => {
    const now = call.view.you && call.view.state.participants[call.view.you]?.role;
    if (before !== undefined && now && now !== before) {
      toasts.show({ shape: people, text: untrack(roomWords).roleNow[now] });
    }
    return now || before;
  });

  createEffect((before: typeof call.view.state | undefined) => {
    const now = call.view.state;
    if (before === undefined) return now;
    for (const news of newsBetween(before, now, call.view.you)) {
      const toast = untrack(() => toastOf(news));
      if (toast !== undefined) toasts.show(toast);
    }
    return now;
  });
}

function one(names: readonly string[], say: (name: string) => string): string | undefined {
  const [name] = names;
  return names.length === 1 && name !== undefined ? say(name) : undefined;
}

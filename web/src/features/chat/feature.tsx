import { contentOf } from "@tafelrunde/protocol/content_text";
import { MAX_CHAT_TEXT } from "@tafelrunde/protocol/features/chat/state";
import type { WebFeature } from "../../feature.ts";
import { sentence } from "../../i18n/isolate.ts";
import { contentLine } from "../../room/content.ts";
import { shortcut } from "../../ui/shortcut.ts";
import { chat as shape } from "./icons.ts";
import { newMessage } from "./news.ts";
import { createUnread } from "./unread.ts";
import { load, words } from "./words.ts";

export const chat: WebFeature = {
  words: load,
  panel: {
    title: () => words().title,
    shape,
    keys: shortcut("C", "far"),
    createBadge: createUnread,
    load: async () => (await import("./Chat.tsx")).Chat,
  },
  news(change, panel) {
    const message = panel.isOpen() ? undefined : newMessage(change);
    if (message === undefined) return [];
    const text = message.text === null ? "" : contentLine(contentOf(message.text), MAX_CHAT_TEXT);
    return [{ shape, text: sentence`${message.name}: ${text}`, onClick: panel.open }];
  },
  settings: [{ name: "chat", label: () => words().setting }],
};

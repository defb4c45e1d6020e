import type { WebFeature } from "../../feature.ts";
import { sentence } from "../../i18n/isolate.ts";
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
    return [{ shape, text: sentence`${message.name}: ${message.text ?? ""}`, onClick: panel.open }];
  },
  settings: [{ name: "chat", label: () => words().setting }],
};

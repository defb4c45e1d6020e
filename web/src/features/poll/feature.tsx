import type { WebFeature } from "../../feature.ts";
import { poll as shape } from "./icons.ts";
import { pollNews } from "./news.ts";
import { createUnanswered } from "./unanswered.ts";
import { load, words } from "./words.ts";

export const poll: WebFeature = {
  words: load,
  panel: {
    title: () => words().title,
    shape,
    createBadge: createUnanswered,
    load: async () => (await import("./PollPanel.tsx")).PollPanel,
  },
  news(change, panel) {
    if (panel.isOpen()) return [];
    const { opened, closed } = pollNews(change);
    return [
      ...opened.map(({ question }) => ({ shape, text: words().opened(question), onClick: panel.open })),
      ...closed.map(({ question }) => ({ shape, text: words().closed(question), onClick: panel.open })),
    ];
  },
};

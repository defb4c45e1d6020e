import { MAX_QUESTION } from "@tafelrunde/protocol/features/poll/limits";
import type { Poll } from "@tafelrunde/protocol/features/poll/state";
import type { WebFeature } from "../../feature.ts";
import { contentLine } from "../../room/content.ts";
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
    const line = ({ question }: Poll) => contentLine(question, MAX_QUESTION);
    return [
      ...opened.map((poll) => ({ shape, text: words().opened(line(poll)), onClick: panel.open })),
      ...closed.map((poll) => ({ shape, text: words().closed(line(poll)), onClick: panel.open })),
    ];
  },
};

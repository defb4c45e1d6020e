import type { FeatureName, Role, RoomState } from "@tafelrunde/protocol";
import { createEffect, untrack } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { cameraOff, microphoneOff, people } from "../ui/icons.ts";
import { useCall } from "./call_context.ts";
import type { PanelHandle } from "../feature.ts";
import { filling } from "../feature_slots.ts";
import { screenStop } from "./icons.ts";
import { addedNames, type Change } from "./news.ts";
import { type Toast, useToasts } from "./Toasts.tsx";

/** Shows others' actions in toasts. `panelOf`: the panel of a feature. */
export function createNewsToasts(panelOf: (name: FeatureName) => PanelHandle): void {
  const call = useCall();
  const toasts = useToasts();

  const toastsOf = (change: Change): readonly Toast[] => {
    const t = roomWords();
    const everyone = ({ participants }: RoomState) => participants;
    const joined = addedNames(change, everyone);
    const left = addedNames({ ...change, before: change.now, now: change.before }, everyone);
    return [
      ...joined.length ? [{ shape: people, text: one(joined, t.joined) ?? t.joinedMany(joined.length) }] : [],
      ...left.length ? [{ shape: people, text: one(left, t.left) ?? t.leftMany(left.length) }] : [],
      ...filling("news").flatMap(({ name, fill }) => fill(change, panelOf(name))),
    ];
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
    const { you } = call.view;
    for (const toast of untrack(() => toastsOf({ before, now, you }))) toasts.show(toast);
    return now;
  });
}

function one(names: readonly string[], say: (name: string) => string): string | undefined {
  const [name] = names;
  return names.length === 1 && name !== undefined ? say(name) : undefined;
}

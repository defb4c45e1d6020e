import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  Match,
  onMount,
  Show,
  Switch,
} from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import "../ui/handed_focus.ts";
import { people } from "../ui/icons.ts";
import { createMediaQuery } from "../ui/media_query.ts";
import { shortcut } from "../ui/shortcut.ts";
import { Banners } from "./Banners.tsx";
import { useCall } from "./call_context.ts";
import { CameraButton } from "./CameraButton.tsx";
import { CopyLink } from "./CopyLink.tsx";
import { HandButton } from "./HandButton.tsx";
import styles from "./MeetingShell.module.css";
import { createKnocking } from "./knocking.ts";
import { createLatePanels } from "./late_panels.ts";
import { MicrophoneButton } from "./MicrophoneButton.tsx";
import { createNewsToasts } from "./news_toasts.ts";
import { createRememberedName } from "./own_name.ts";
import { Panel } from "./Panel.tsx";
import { ReactButton } from "./ReactButton.tsx";
import { HeardReactions } from "./Reactions.tsx";
import { ScreenButton } from "./ScreenButton.tsx";
import { chat, leave, sliders } from "./icons.ts";
import { useSharedLink } from "./shared_link.ts";
import { Stage } from "./Stage.tsx";
import { ToastList, Toasts, ToastsContext } from "./Toasts.tsx";
import { VideoViews, VideoViewsContext } from "./video_views.ts";
import { createWakeLock } from "./wake_lock.ts";

/** The meeting: the people, and the controls around them. */
export function MeetingShell() {
  const call = useCall();
  return (
    <VideoViewsContext.Provider value={new VideoViews(call)}>
      <ToastsContext.Provider value={new Toasts()}>
        <Frame />
      </ToastsContext.Provider>
    </VideoViewsContext.Provider>
  );
}

type PanelName = "chat" | "participants";

/** Widths where a panel is beside the stage and does not cover it; the same as in Meeting.module.css. */
const WIDE = "(width >= 48rem), (width >= 40rem) and (height < 30rem)";

function Frame() {
  const call = useCall();
  const panelId = createUniqueId();
  let stage!: HTMLElement;
  const openers: Partial<Record<PanelName, HTMLButtonElement>> = {};
  const [panel, setPanel] = createSignal<PanelName>();
  const isWide = createMediaQuery(WIDE);
  const isCovered = () => !isWide() && panel() !== undefined;
  const [isDeviceDialogOpen, setDeviceDialogOpen] = createSignal(false);
  const { panels, want } = createLatePanels();
  createEffect(() => {
    if (panel() !== undefined || isDeviceDialogOpen()) want();
  });
  const toggle = (name: PanelName) => setPanel((before) => before === name ? undefined : name);

  const title = () => call.view.state.room.name || roomWords().untitled;
  const count = createMemo(() => Object.keys(call.view.state.participants).length);
  const unread = createUnread(() => panel() === "chat");
  const knocks = createKnocking();
  createWakeLock();
  createRememberedName();
  createEffect(() => {
    document.title = `${knocks() > 0 ? `(${knocks()}) ` : ""}${title()} – Tafelrunde`;
  });
  // The button that led here is gone, and the focus with it.
  onMount(() => stage.focus({ preventScroll: true }));
  createNewsToasts(() => panel() === "chat", () => setPanel("chat"));

  return (
    <div class={styles.meeting} data-panel={panel()}>
      <header class={styles.title} inert={isCovered()}>
        <h1 dir="auto">{title()}</h1>
        <CopyLink />
      </header>
      <main ref={stage} class={styles.stage} tabindex={-1} inert={isCovered()}>
        <Stage />
        <Show when={count() === 1}>
          <Alone />
        </Show>
        <Banners
          onShowWaiting={panel() === "participants" ? undefined : () => setPanel("participants")}
        />
        <HeardReactions />
        <ToastList />
      </main>
      <section class={styles.controls} inert={isCovered()} aria-label={roomWords().controls}>
        <MicrophoneButton />
        <CameraButton />
        <ScreenButton />
        <HandButton />
        <ReactButton />
        <ControlButton
          label={roomWords().leave}
          shape={leave}
          tone="danger"
          onClick={() => void call.leave()}
        />
      </section>
      <nav class={styles.panels} inert={isCovered()} aria-label={roomWords().more}>
        <ControlButton
          label={roomWords().devices}
          shape={sliders}
          onClick={() => setDeviceDialogOpen(true)}
        />
        <ControlButton
          ref={(button) => openers.participants = button}
          label={roomWords().participants}
          shape={people}
          keys={shortcut("P", "far")}
          badge={{ text: `${count()}`, heard: roomWords().inRoom(count()) }}
          expanded={panel() === "participants"}
          controls={panelId}
          onClick={() => toggle("participants")}
        />
        <ControlButton
          ref={(button) => openers.chat = button}
          label={roomWords().chat}
          shape={chat}
          keys={shortcut("C", "far")}
          badge={unread() > 0
            ? {
              text: unread() > 99 ? "99+" : `${unread()}`,
              heard: roomWords().messages.unread(unread()),
              isNew: true,
            }
            : undefined}
          expanded={panel() === "chat"}
          controls={panelId}
          onClick={() => toggle("chat")}
        />
      </nav>
      <Switch>
        <Match when={panel() === "chat"}>
          <Panel
            id={panelId}
            title={roomWords().chat}
            opener={() => openers.chat}
            onClose={() => setPanel(undefined)}
          >
            <Show when={panels()} keyed>{({ Chat }) => <Chat />}</Show>
          </Panel>
        </Match>
        <Match when={panel() === "participants"}>
          <Panel
            id={panelId}
            title={roomWords().participants}
            opener={() => openers.participants}
            onClose={() => setPanel(undefined)}
          >
            <Show when={panels()} keyed>
              {({ Moderation, ParticipantsPanel }) => (
                <>
                  <ParticipantsPanel />
                  <Moderation />
                </>
              )}
            </Show>
          </Panel>
        </Match>
      </Switch>
      <Show when={isDeviceDialogOpen() && panels()} keyed>
        {({ DeviceDialog }) => <DeviceDialog onClose={() => setDeviceDialogOpen(false)} />}
      </Show>
    </div>
  );
}

/** For the first participant: how to invite the others. */
function Alone() {
  const shared = useSharedLink();
  const address = () => {
    const link = shared();
    return typeof link === "string" ? link : undefined;
  };
  return (
    <div class={styles.alone}>
      <p>{roomWords().alone}</p>
      <Show when={shared()}>
        <p>{roomWords().aloneHint}</p>
      </Show>
      <Show when={address()}>
        <code>{address()}</code>
      </Show>
    </div>
  );
}

/** Number of others' messages since the chat was last open. Messages from before joining do not count. */
function createUnread(isOpen: () => boolean): () => number {
  const call = useCall();
  const [seenSeq, setSeenSeq] = createSignal(call.view.state.chat.at(-1)?.seq ?? 0);
  createEffect(() => {
    if (isOpen()) setSeenSeq(call.view.state.chat.at(-1)?.seq ?? 0);
  });
  return createMemo(() =>
    call.view.state.chat.filter(({ seq, from }) => seq > seenSeq() && from !== call.view.you).length
  );
}

import { type FeatureName, personsIn } from "@tafelrunde/protocol";
import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  For,
  Match,
  onMount,
  Show,
  Switch,
} from "solid-js";
import { filling } from "../feature_slots.ts";
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
import styles from "./MeetingShell.module.css";
import { createKnocking } from "./knocking.ts";
import { createLatePanels } from "./late_panels.ts";
import { MicrophoneButton } from "./MicrophoneButton.tsx";
import { createNewsToasts } from "./news_toasts.ts";
import { createRememberedName } from "./own_name.ts";
import { Panel } from "./Panel.tsx";
import { ScreenButton } from "./ScreenButton.tsx";
import { leave, sliders } from "./icons.ts";
import { Slot } from "./Slot.tsx";
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

type PanelName = FeatureName | "participants";

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
  const count = createMemo(() => personsIn(call.view.state.participants).size);
  const featurePanels = filling("panel").map(({ name, fill }) => ({
    name,
    fill,
    badge: fill.createBadge?.(() => panel() === name),
  }));
  const knocks = createKnocking();
  createWakeLock();
  createRememberedName();
  createEffect(() => {
    document.title = `${knocks() > 0 ? `(${knocks()}) ` : ""}${title()} – Tafelrunde`;
  });
  // The button that led here is gone, and the focus with it.
  onMount(() => stage.focus({ preventScroll: true }));
  createNewsToasts((name) => ({ isOpen: () => panel() === name, open: () => setPanel(name) }));

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
        <Slot name="Stage" />
        <ToastList />
      </main>
      <section class={styles.controls} inert={isCovered()} aria-label={roomWords().controls}>
        <MicrophoneButton />
        <CameraButton />
        <ScreenButton />
        <Slot name="Control" />
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
        <For each={featurePanels}>
          {({ name, fill, badge }) => (
            <ControlButton
              ref={(button) => openers[name] = button}
              label={fill.title()}
              shape={fill.shape}
              {...fill.keys !== undefined && { keys: fill.keys }}
              badge={badge?.()}
              expanded={panel() === name}
              controls={panelId}
              onClick={() => toggle(name)}
            />
          )}
        </For>
      </nav>
      <Switch>
        <For each={featurePanels}>
          {({ name, fill }) => (
            <Match when={panel() === name}>
              <Panel
                id={panelId}
                title={fill.title()}
                opener={() => openers[name]}
                onClose={() => setPanel(undefined)}
              >
                <Show when={panels()?.features.get(name)} keyed>{(Content) => <Content />}</Show>
              </Panel>
            </Match>
          )}
        </For>
        <Match when={panel() === "participants"}>
          <Panel
            id={panelId}
            title={roomWords().participants}
            opener={() => openers.participants}
            onClose={() => setPanel(undefined)}
          >
            <Show when={panels()?.core} keyed>
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
      <Show when={isDeviceDialogOpen() && panels()?.core} keyed>
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

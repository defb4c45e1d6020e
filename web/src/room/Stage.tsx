import type { ParticipantId, Track } from "@tafelrunde/protocol";
import { createEffect, createMemo, createSignal, For, Index, onCleanup, Show, untrack } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { useCall } from "./call_context.ts";
import { fitGrid } from "./grid.ts";
import { type Someone, tilesInOrder, tracksByPerson } from "./people.ts";
import { ScreenTile } from "./ScreenTile.tsx";
import { seat } from "./seating.ts";
import styles from "./Stage.module.css";
import { Tile } from "./Tile.tsx";

/** Gap between tiles, CSS pixels; the same as in Stage.module.css. */
const GAP = 8;

/**
 * Stages wider than this, relative to their height, show the people beside a shared screen; others below it.
 */
const SIDE_FROM = 1.15;

/** Width over height of a tile beside or below a shared screen; the same as in Stage.module.css. */
const STRIP_SHAPE = { side: 16 / 10, below: 4 / 3 };

/** Everyone, as large as fits; or a shared screen with everyone beside it. */
export function Stage() {
  const call = useCall();
  const tracks = createMemo(() => tracksByPerson(call.view));
  const [stageRef, stageSize] = createSize();
  const [peopleRef, peopleSize] = createSize();

  const screens = createMemo(() =>
    Object.values(call.view.state.tracks).filter(({ source }) => source === "screen")
  );
  const ownScreens = () => screens().filter(({ participantId }) => participantId === call.view.you);
  const othersScreens = () => screens().filter(({ participantId }) => participantId !== call.view.you);
  const [chosen, setChosen] = createSignal<ParticipantId>();
  /** The chosen screen, else the newest. */
  const shown = () =>
    othersScreens().find(({ participantId }) => participantId === chosen()) ?? othersScreens().at(-1);

  const tiles = createMemo(() => tilesInOrder(call.view, tracks()));
  const people = createMemo(() => tiles().map(({ id }) => id), [], { equals: areSame });
  const devices = createMemo(() => new Map(tiles().map(({ id, devices }) => [id, devices])));
  const [shapes, setShape] = createShapes();
  const grid = createMemo(() =>
    fitGrid({
      ...peopleSize(),
      gap: GAP,
      count: people().length + ownScreens().length,
      shapes: [...shapes().values()],
    })
  );
  const isBeside = () => stageSize().width > stageSize().height * SIDE_FROM;
  const inStrip = () => {
    const { width, height } = peopleSize();
    return isBeside()
      ? height / (width / STRIP_SHAPE.side + GAP)
      : width / (height * STRIP_SHAPE.below + GAP);
  };
  const visible = () => shown() ? Math.max(1, Math.floor(inStrip())) : grid().visible;
  const seats = createSeats(tiles, people, visible);
  const isScrolling = () => visible() < people().length + ownScreens().length;

  return (
    <div
      ref={stageRef}
      class={styles.stage}
      data-layout={shown() ? "screen" : "grid"}
      data-strip={isBeside() ? "side" : "below"}
    >
      <Show when={shown()}>
        {(track) => (
          <div class={styles.screen}>
            <Show when={othersScreens().length > 1}>
              <ScreenChoice screens={othersScreens()} shown={track()} onChoose={setChosen} />
            </Show>
            <div class={styles.whole}>
              <ScreenTile track={track()} />
            </div>
          </div>
        )}
      </Show>
      <div
        ref={peopleRef}
        class={styles.people}
        role={isScrolling() ? "region" : undefined}
        aria-label={isScrolling() ? roomWords().people : undefined}
        tabindex={isScrolling() ? 0 : undefined}
        style={{ "--tile-width": `${grid().tileWidth}px`, "--tile-height": `${grid().tileHeight}px` }}
      >
        <Index each={ownScreens()}>{(track) => <ScreenTile track={track()} />}</Index>
        <For each={seats()}>
          {(id) => (
            <Tile
              id={id}
              devices={devices().get(id) ?? [id]}
              tracks={tracks()}
              onShape={(shape) => setShape(id, shape)}
            />
          )}
        </For>
      </div>
    </div>
  );
}

interface ScreenChoiceProps {
  readonly screens: readonly Track[];
  readonly shown: Track;
  readonly onChoose: (id: ParticipantId) => void;
}

/** The choice between several shared screens. */
function ScreenChoice(props: ScreenChoiceProps) {
  const call = useCall();
  return (
    <div class={styles.choice} role="group" aria-label={roomWords().screens}>
      <For each={props.screens.map(({ participantId }) => participantId)}>
        {(id) => (
          <button
            type="button"
            aria-pressed={id === props.shown.participantId}
            onClick={() => props.onChoose(id)}
          >
            {roomWords().screenOf(call.view.state.participants[id]?.name ?? "")}
          </button>
        )}
      </For>
    </div>
  );
}

/** The order of the tiles, which keeps active speakers visible. */
function createSeats(
  tiles: () => readonly Someone[],
  people: () => readonly ParticipantId[],
  visible: () => number,
) {
  const call = useCall();
  const lastSpokenAt = new Map<ParticipantId, number>();
  const [seats, setSeats] = createSignal<readonly ParticipantId[]>([]);
  createEffect(() => {
    const present = people();
    const speaks = ({ devices }: Someone) => devices.some((id) => call.view.speaking.includes(id));
    const speaking = tiles().filter(speaks).map(({ id }) => id);
    for (const id of speaking) lastSpokenAt.set(id, Date.now());
    setSeats((before) =>
      visible() >= present.length
        ? present
        : seat(before, present, speaking, visible(), (id) => lastSpokenAt.get(id) ?? 0)
    );
  });
  return seats;
}

/** The aspect ratios of people's pictures, width over height. */
function createShapes() {
  const [shapes, setShapes] = createSignal<ReadonlyMap<ParticipantId, number>>(new Map());
  const setShape = (id: ParticipantId, shape: number | undefined) => {
    if (untrack(shapes).get(id) === shape) return;
    setShapes((before) => {
      const now = new Map(before);
      if (shape === undefined) now.delete(id);
      else now.set(id, shape);
      return now;
    });
  };
  return [shapes, setShape] as const;
}

/** A ref for an element, and its inner size, CSS pixels. */
function createSize() {
  const [size, setSize] = createSignal({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
  });
  onCleanup(() => observer.disconnect());
  return [(element: HTMLElement) => observer.observe(element), size] as const;
}

function areSame(before: readonly ParticipantId[], now: readonly ParticipantId[]): boolean {
  return before.length === now.length && before.every((id, at) => id === now[at]);
}

import type { AudienceSetting, Participant, ParticipantId, RefusalCode } from "@tafelrunde/protocol";
import type { Component } from "solid-js";
import type { CallView } from "./call/api.ts";
import type { Load } from "./i18n/language.ts";
import type { Change } from "./room/news.ts";
import type { Toast } from "./room/Toasts.tsx";
import type { Badge } from "./ui/ControlButton.tsx";
import type { Shape } from "./ui/Icon.tsx";

/** What every feature's words contain. */
export interface FeatureWords {
  /** Texts of the feature's own refusals. */
  readonly refused: Readonly<Partial<Record<RefusalCode, string>>>;
}

/** A panel beside the stage, with a button in the bar. */
export interface PanelSlot {
  readonly title: () => string;
  readonly shape: Shape;
  /** Keyboard shortcut that opens and closes it (`shortcut`). */
  readonly keys?: string;
  /** What the button shows: created once for the meeting. `isOpen`: whether the panel is open now. */
  readonly createBadge?: (isOpen: () => boolean) => () => Badge | undefined;
  /** Loads its content; called on first use, or soon after the meeting has begun. */
  readonly load: () => Promise<Component>;
}

/** A feature's panel, as its news see it. */
export interface PanelHandle {
  readonly isOpen: () => boolean;
  readonly open: () => void;
}

/** A setting of the room for who may use the feature. */
export interface SettingSlot {
  readonly name: AudienceSetting;
  /** Completes "Who may …". */
  readonly label: () => string;
}

/**
 * The contract of a feature's interface: what it shows in which place of the meeting. Loaded with the
 * meeting; a panel's content is loaded on first use.
 */
export interface WebFeature {
  readonly words: Load<FeatureWords>;
  /** A button in the control bar. */
  readonly Control?: Component;
  /** In the corner of a person's tile. */
  readonly TileBadge?: Component<{ readonly id: ParticipantId }>;
  /** Over a person's tile, without taking clicks. */
  readonly TileOverlay?: Component<{ readonly id: ParticipantId }>;
  /** In a person's row of the list of participants. */
  readonly RowBadge?: Component<{ readonly id: ParticipantId }>;
  /** A person's place ahead of the others in that list, 1 for the first; undefined: none. */
  readonly place?: (view: CallView, id: ParticipantId) => number | undefined;
  /** Buttons in the dialog for one person; `onDone` closes it. */
  readonly PersonActions?: Component<{ readonly person: Participant; readonly onDone: () => void }>;
  /** Moderators' buttons for everyone at once. */
  readonly RoomActions?: Component;
  /** On the stage, beside the tiles: for example texts for screen readers. */
  readonly Stage?: Component;
  readonly panel?: PanelSlot;
  /** Toasts about what others did. */
  readonly news?: (change: Change, panel: PanelHandle) => readonly Toast[];
  readonly settings?: readonly SettingSlot[];
}

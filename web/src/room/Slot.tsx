import { type Component, type ComponentProps, For } from "solid-js";
import type { WebFeature } from "../feature.ts";
import { filling } from "../feature_slots.ts";

/** The slots that hold components. */
type ComponentSlot = {
  [Name in keyof WebFeature]-?: NonNullable<WebFeature[Name]> extends Component<infer _> ? Name : never;
}[keyof WebFeature];

type PropsOf<Name extends ComponentSlot> = ComponentProps<NonNullable<WebFeature[Name]>>;

/** What the features show in one place of the meeting, in the order of the features' names. */
export function Slot<Name extends ComponentSlot>(props: { readonly name: Name } & PropsOf<Name>) {
  return (
    <For each={filling(props.name)}>
      {({ fill }) => {
        const Fill = fill as Component<PropsOf<Name>>;
        return <Fill {...props} />;
      }}
    </For>
  );
}

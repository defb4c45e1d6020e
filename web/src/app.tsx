import { createMemo, lazy, Match, Show, Switch } from "solid-js";
import { startCall } from "./call/early.ts";
import { speakAlso } from "./i18n/language.ts";
import { CallPage } from "./room/CallPage.tsx";
import { createRoute, roomPath } from "./ui/route.ts";

const End = lazy(async () => {
  const [end] = await Promise.all([import("./room/End.tsx"), speakAlso("room"), speakAlso("link")]);
  return { default: end.End };
});
const Home = lazy(async () => {
  const [home] = await Promise.all([import("./home/Home.tsx"), speakAlso("home"), speakAlso("link")]);
  return { default: home.Home };
});
const Dashboard = lazy(async () => {
  const [dashboard] = await Promise.all([
    import("./dashboard/Dashboard.tsx"),
    speakAlso("dashboard"),
    speakAlso("link"),
  ]);
  return { default: dashboard.Dashboard };
});

/** The page for the current address. */
export function App() {
  const route = createRoute();
  const room = createMemo(
    () => {
      const now = route();
      return now.page === "room" ? now : undefined;
    },
    undefined,
    { equals: (a, b) => a?.roomId === b?.roomId && a?.link === b?.link },
  );
  return (
    <Switch fallback={<End end="notFound" />}>
      <Match when={route().page === "home"}>
        <Home />
      </Match>
      <Match when={route().page === "dashboard"}>
        <Dashboard />
      </Match>
      <Match when={route().page === "badLink"}>
        <End end="roomUnknown" />
      </Match>
      <Match when={route().page === "room"}>
        <Show when={room()} keyed>
          {({ roomId, link }) => (
            <CallPage
              url={location.origin + roomPath(roomId, link)}
              startCall={() => startCall(roomId)}
            />
          )}
        </Show>
      </Match>
    </Switch>
  );
}

import { createEffect, createResource, type JSX, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { error, findMe, me } from "../me/me.ts";
import { Button } from "../ui/Button.tsx";
import { Page } from "../ui/Page.tsx";
import "../ui/handed_focus.ts";
import { navigate } from "../ui/route.ts";
import { createDashboardRoute, type DashboardRoute, followLinks } from "./dashboard_route.ts";
import { Loading } from "./Loading.tsx";
import { ErrorNotice } from "./ErrorNotice.tsx";
import { speakAlso, wordsOf } from "../i18n/language.ts";

const SignIn = lazy(async () => ({ default: (await import("../signin/SignIn.tsx")).SignIn }));
const OneTimeLinkPage = lazy(async () => ({
  default: (await import("../signin/OneTimeLinkPage.tsx")).OneTimeLinkPage,
}));
const AnswerPage = lazy(async () => ({ default: (await import("../meetings/AnswerPage.tsx")).AnswerPage }));
const StopPage = lazy(async () => ({ default: (await import("../meetings/StopPage.tsx")).StopPage }));
const Meetings = lazy(async () => ({ default: (await import("../meetings/Meetings.tsx")).Meetings }));
const NewMeeting = lazy(async () => ({ default: (await import("../meetings/NewMeeting.tsx")).NewMeeting }));
const MeetingPage = lazy(async () => ({
  default: (await import("../meetings/MeetingPage.tsx")).MeetingPage,
}));
const AccountPage = lazy(async () => {
  const [page] = await Promise.all([import("../account/AccountPage.tsx"), speakAlso("account")]);
  return { default: page.AccountPage };
});
const AdminPage = lazy(async () => {
  const [page] = await Promise.all([import("../admin/AdminPage.tsx"), speakAlso("admin")]);
  return { default: page.AdminPage };
});
const End = lazy(async () => ({ default: (await import("../room/End.tsx")).End }));

/** The pages around meetings: sign-in, my meetings, account, administration. Each loads separately. */
export function Dashboard() {
  const route = createDashboardRoute();
  return (
    <div onClick={followLinks}>
      <Suspense fallback={<Loading />}>
        <DashboardPages route={route()} />
      </Suspense>
    </div>
  );
}

/** The route, if it belongs to this page. */
function on<Page extends DashboardRoute["page"]>(route: DashboardRoute, page: Page) {
  return route.page === page ? route as Extract<DashboardRoute, { page: Page }> : undefined;
}

function DashboardPages(props: { readonly route: DashboardRoute }) {
  return (
    <Switch fallback={<End end="notFound" />}>
      <Match when={on(props.route, "signIn")}>
        {(route) => <SignIn returnTo={route().returnTo} half={route().half} problem={route().problem} />}
      </Match>
      <Match when={on(props.route, "oneTimeLink")}>
        {(route) => <OneTimeLinkPage secret={route().secret} />}
      </Match>
      <Match when={on(props.route, "answer")}>
        {(route) => <AnswerPage secret={route().secret} />}
      </Match>
      <Match when={on(props.route, "stop")}>
        {(route) => <StopPage secret={route().secret} />}
      </Match>
      <Match when={on(props.route, "meetings")}>
        {(route) => (
          <SignedIn>
            <Meetings tab={route().tab} />
          </SignedIn>
        )}
      </Match>
      <Match when={on(props.route, "newMeeting")}>
        <SignedIn>
          <NewMeeting />
        </SignedIn>
      </Match>
      <Match when={on(props.route, "meeting")}>
        {(route) => (
          <SignedIn>
            <Show when={route().meetingId} keyed>
              {(meetingId) => <MeetingPage meetingId={meetingId} tab={route().tab} />}
            </Show>
          </SignedIn>
        )}
      </Match>
      <Match when={on(props.route, "account")}>
        {(route) => (
          <SignedIn>
            <AccountPage tab={route().tab} />
          </SignedIn>
        )}
      </Match>
      <Match when={on(props.route, "admin")}>
        {(route) => (
          <SignedIn>
            <AdminPage tab={route().tab} />
          </SignedIn>
        )}
      </Match>
    </Switch>
  );
}

/** Shows its children to signed-in people; others go to the sign-in page and return. */
function SignedIn(props: { readonly children: JSX.Element }) {
  const [, { refetch }] = createResource(findMe);
  createEffect(() => {
    if (me() !== "nobody") return;
    navigate(`/signin?returnTo=${encodeURIComponent(location.pathname + location.search)}`);
  });
  return (
    <Show when={typeof me() !== "string"} fallback={<NotYet onRetry={() => void refetch()} />}>
      {props.children}
    </Show>
  );
}

/** Shown until it is known who is signed in. */
function NotYet(props: { readonly onRetry: () => void }) {
  return (
    <Show when={error()} fallback={<Loading />}>
      {(error) => (
        <Page>
          <ErrorNotice
            error={error()}
            action={<Button onClick={() => props.onRetry()}>{wordsOf("dashboard").tryAgain}</Button>}
          />
        </Page>
      )}
    </Show>
  );
}

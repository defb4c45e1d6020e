import { lazy, Match, Show, Suspense, Switch } from "solid-js";
import { ADMIN_TABS, type AdminTab } from "../dashboard/dashboard_route.ts";
import { DashboardPage } from "../dashboard/DashboardPage.tsx";
import { Loading } from "../dashboard/Loading.tsx";
import { Empty } from "../dashboard/Section.tsx";
import { wordsOf } from "../i18n/language.ts";
import { account } from "../me/me.ts";
import { Groups } from "./Groups.tsx";
import { Keys } from "./Keys.tsx";
import { Organisation } from "./Organisation.tsx";
import { PeopleTab } from "./PeopleTab.tsx";
import { Usage } from "./Usage.tsx";

/** Only operators need it. */
const Tenants = lazy(async () => ({ default: (await import("./Tenants.tsx")).Tenants }));

/**
 * For administrators of an organisation: its people, groups, keys, usage and look. For operators: all
 * organisations.
 */
export function AdminPage(props: { readonly tab: AdminTab }) {
  const words = () => wordsOf("admin");
  const isOperator = () => account()?.isOperator ?? false;
  const isAdmin = () => isOperator() || account()?.role === "admin";
  const tabs = () =>
    ADMIN_TABS.filter((tab) => tab !== "tenants" || isOperator()).map((tab, at) => ({
      href: at === 0 ? "/admin" : `/admin/${tab}`,
      text: words().tabs[tab],
      isHere: tab === props.tab,
    }));
  return (
    <DashboardPage title={words().title} lead={account()?.tenant.name} tabs={tabs()}>
      <Show when={isAdmin()} fallback={<Empty title={words().notAdmin} />}>
        <Switch>
          <Match when={props.tab === "people"}>
            <PeopleTab />
          </Match>
          <Match when={props.tab === "groups"}>
            <Groups />
          </Match>
          <Match when={props.tab === "keys"}>
            <Keys />
          </Match>
          <Match when={props.tab === "usage"}>
            <Usage />
          </Match>
          <Match when={props.tab === "organisation"}>
            <Organisation />
          </Match>
          <Match when={props.tab === "tenants" && isOperator()}>
            <Suspense fallback={<Loading />}>
              <Tenants />
            </Suspense>
          </Match>
        </Switch>
      </Show>
    </DashboardPage>
  );
}

import { Outlet } from "@tanstack/react-router";
import type { JSX } from "react";
import { LiveProvider } from "../data/live.tsx";
import { useSession, useStrangers } from "../data/session.ts";
import { SignInPage } from "../pages/sign-in/sign-in-page.tsx";
import { Problem, Waiting } from "../parts/state.tsx";
import { catalogue } from "../text/catalogue.ts";
import { useText } from "../text/language.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Navigation } from "./navigation.tsx";
import style from "./shell.module.css";
import { TopBar } from "./top-bar.tsx";

const words = catalogue({
  en: { skip: "To the content" },
  es: { skip: "Ir al contenido" },
});

/** What every page stands in. Whoever has to sign in sees only where. */
export function Shell(): JSX.Element {
  const text = useText(words);
  const { data, error, refetch } = useSession();
  useStrangers();
  if (!data) {
    return (
      <Outside>{error ? <Problem error={error} onRetry={() => void refetch()} /> : <Waiting />}</Outside>
    );
  }
  if (!data.caller) {
    return (
      <Outside>
        <SignInPage />
      </Outside>
    );
  }
  return (
    <LiveProvider>
      <a href="#content" className={style["skip"]}>
        {text.skip}
      </a>
      <TopBar />
      <div className={style["columns"]}>
        <Navigation />
        <main id="content" tabIndex={-1} className={style["content"]}>
          <ConnectionBanner />
          <Outlet />
        </main>
      </div>
    </LiveProvider>
  );
}

function Outside({ children }: { readonly children: JSX.Element }): JSX.Element {
  return <main className={style["outside"]}>{children}</main>;
}

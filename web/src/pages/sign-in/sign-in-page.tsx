import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type JSX, useState } from "react";
import { SirveError } from "../../../../src/client/index.ts";
import type { Session } from "../../data/api.ts";
import { sessionQuery, signIn, useSession } from "../../data/session.ts";
import { Button, buttonClass } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { messageOf } from "../../parts/state.tsx";
import { TextField } from "../../parts/text-field.tsx";
import { catalogue } from "../../text/catalogue.ts";
import { useText } from "../../text/language.tsx";
import style from "./sign-in-page.module.css";

const words = catalogue({
  en: {
    title: "Sign in to Sirve",
    key: "API key",
    help: "An administrator makes one: sirve keys create --name you --role viewer",
    enter: "Sign in",
    or: "or",
    by: (issuer: string) => `Sign in with ${issuer}`,
    wrong: "This key is not known, has expired or was revoked.",
    failed: "The sign-in did not work",
  },
  es: {
    title: "Entrar en Sirve",
    key: "Clave de API",
    help: "Un administrador crea una: sirve keys create --name usted --role viewer",
    enter: "Entrar",
    or: "o",
    by: (issuer: string) => `Entrar con ${issuer}`,
    wrong: "Esta clave no se conoce, ha caducado o fue revocada.",
    failed: "No se pudo entrar",
  },
});

/** Where a person shows a key, or is sent to the issuer that knows them. */
export function SignInPage(): JSX.Element {
  const text = useText(words);
  const { data } = useSession();
  const search = useSearch({ strict: false });
  const to = search.to ?? currentPath();
  return (
    <>
      <PageHead title={text.title} />
      <Card>
        {search.failed !== undefined && (
          <p role="alert" className={style["failed"]}>
            {text.failed}: {search.failed}
          </p>
        )}
        <KeyForm to={to} />
        {data?.oidc && <Issuer oidc={data.oidc} to={to} />}
      </Card>
    </>
  );
}

/** Where the person wanted to go. */
function currentPath(): string {
  const { pathname, search } = window.location;
  return pathname === "/ui/sign-in" ? "/" : pathname + search;
}

function KeyForm({ to }: { readonly to: string }): JSX.Element {
  const text = useText(words);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      cache.setQueryData(sessionQuery.queryKey, await signIn(key.trim()));
      await navigate({ to });
    } catch (thrown) {
      setProblem(isUnknown(thrown) ? text.wrong : messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void enter(event)} className={style["form"]}>
      <TextField
        label={text.key}
        type="password"
        autoComplete="current-password"
        value={key}
        onChange={setKey}
        help={text.help}
        problem={problem}
        required
      />
      <Button kind="primary" type="submit" busy={isBusy}>
        {text.enter}
      </Button>
    </form>
  );
}

const isUnknown = (thrown: unknown) => thrown instanceof SirveError && thrown.code === "unauthenticated";

interface IssuerProps {
  readonly oidc: NonNullable<Session["oidc"]>;
  readonly to: string;
}

function Issuer({ oidc, to }: IssuerProps): JSX.Element {
  const text = useText(words);
  const name = URL.canParse(oidc.issuer) ? new URL(oidc.issuer).host : oidc.issuer;
  return (
    <a href={`${oidc.startUrl}?return=${encodeURIComponent(to)}`} className={buttonClass()}>
      {text.by(name)}
    </a>
  );
}

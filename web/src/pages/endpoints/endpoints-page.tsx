import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { queries } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Empty, Loaded } from "../../parts/state.tsx";
import { useText } from "../../text/language.tsx";
import { CreateEndpoint } from "./create-endpoint.tsx";
import { ShareBar } from "./share-bar.tsx";
import { words } from "./words.ts";

/** Every endpoint with how its requests divide. */
export function EndpointsPage(): JSX.Element {
  const text = useText(words);
  const mayRelease = useMay("releaser");
  const { data: server } = useQuery(queries.server());
  const [isCreating, setCreating] = useState(false);
  const isRegistry = server?.mode === "registry";
  const create = (
    <Button
      kind="primary"
      disabled={!mayRelease}
      title={mayRelease ? undefined : text.needsRole}
      onClick={() => setCreating(true)}
    >
      {text.create}
    </Button>
  );
  return (
    <>
      <PageHead title={text.title} actions={isRegistry && create}>
        {text.intro}
      </PageHead>
      {server?.mode === "folder" && <Empty title={text.none}>{text.folder}</Empty>}
      {isRegistry && <List />}
      <CreateEndpoint isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

function List(): JSX.Element {
  const text = useText(words);
  const query = useQuery(queries.endpoints());
  return (
    <Loaded query={query}>
      {({ endpoints }) =>
        endpoints.length === 0 ? (
          <Empty title={text.none}>{text.noneHelp}</Empty>
        ) : (
          <>
            {endpoints.map(({ endpoint, variants }) => (
              <Card
                key={endpoint}
                title={
                  <Link to="/ui/endpoints/$endpoint" params={{ endpoint }}>
                    {endpoint}
                  </Link>
                }
              >
                <ShareBar variants={variants} />
              </Card>
            ))}
          </>
        )
      }
    </Loaded>
  );
}

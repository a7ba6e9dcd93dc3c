import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { JSX } from "react";
import type { EndpointDetail } from "../../data/api.ts";
import { queries } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { Figures } from "../../parts/figures.tsx";
import { useNumbers } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/state.tsx";
import { Table } from "../../parts/table.tsx";
import { useText } from "../../text/language.tsx";
import { DeleteEndpoint } from "./delete-endpoint.tsx";
import { Weights } from "./weights.tsx";
import { words } from "./words.ts";

/** One endpoint: its weights, who answered, and what the shadow would have said. */
export function EndpointPage(): JSX.Element {
  const { endpoint = "" } = useParams({ strict: false });
  const query = useQuery(queries.endpoint(endpoint));
  return (
    <>
      <PageHead title={endpoint} actions={query.data && <DeleteEndpoint endpoint={endpoint} />} />
      <Loaded query={query}>
        {(detail) => (
          <>
            <Weights key={detail.revision} detail={detail} />
            <Answered detail={detail} />
            {detail.shadowReport && <ShadowCard report={detail.shadowReport} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Answered({ detail }: { readonly detail: EndpointDetail }): JSX.Element {
  const text = useText(words);
  const { count, percent } = useNumbers();
  const { answered } = detail;
  const all = answered.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <Card title={text.answered}>
      {all === 0 ? (
        <p className="soft">{text.nobody}</p>
      ) : (
        <Table
          caption={text.answered}
          rows={answered}
          keyOf={({ variant, model, version }) => `${variant} ${model} ${version}`}
          columns={[
            { title: text.variant(""), cell: ({ variant }) => variant },
            { title: text.model, cell: ({ model }) => model },
            { title: text.version, cell: ({ version }) => version, isNumber: true },
            { title: text.requests, cell: ({ requests }) => count(requests), isNumber: true },
            { title: text.share, cell: ({ requests }) => percent(requests / all), isNumber: true },
          ]}
        />
      )}
    </Card>
  );
}

type ShadowReport = NonNullable<EndpointDetail["shadowReport"]>;

function ShadowCard({ report }: { readonly report: ShadowReport }): JSX.Element {
  const text = useText(words);
  const { count, percent, number, duration } = useNumbers();
  const figures: readonly (readonly [string, string])[] = [
    [text.shadow, report.target],
    [text.agreement, percent(report.agreementRate)],
    [text.difference, number(report.largestDifference)],
    [text.added, duration(report.addedLatencyMs)],
    [text.sent, count(report.sent)],
    [text.dropped, count(report.dropped)],
    [text.failed, count(report.failed)],
  ];
  return (
    <Card title={text.report}>
      <Figures figures={figures} />
    </Card>
  );
}

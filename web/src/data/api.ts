// Names of the client's answers, as the pages use them.
import type { AdminClient, SirveClient } from "../../../src/client/index.ts";

type AnswerOf<Id extends keyof AdminClient> = Awaited<ReturnType<AdminClient[Id]>>;

export type Role = AnswerOf<"whoAmI">["role"];
export type Session = AnswerOf<"showSession">;
export type Model = AnswerOf<"listModels">["models"][number];
export type VersionState = Model["versions"][number];
export type VersionRecord = AnswerOf<"listVersions">["versions"][number];
export type Endpoint = AnswerOf<"listEndpoints">["endpoints"][number];
export type EndpointDetail = AnswerOf<"showEndpoint">;
export type AuditEntry = AnswerOf<"listAudit">["entries"][number];
export type LoadSample = AnswerOf<"showLoad">["samples"][number];
export type KeyRecord = AnswerOf<"listKeys">["keys"][number];
export type Prediction = Awaited<ReturnType<SirveClient["predict"]>>;

/** One tensor of a model's signature. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly labels?: readonly string[];
  readonly optional?: boolean;
}

/** One column of a model's rows. */
export interface ColumnFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly optional: boolean;
  readonly description?: string;
  readonly values?: readonly string[];
  readonly examples?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
}

/** What a loaded version takes and gives. */
export interface Description {
  readonly version: number;
  readonly text: string;
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  readonly columns: readonly ColumnFacts[];
  /** Why its rows cannot be sent as rows. */
  readonly noRows?: string;
  readonly labels?: readonly string[];
  readonly takes?: "image" | "sound" | "text";
  readonly licence: string;
  readonly origin: string;
}

/** A model with what its loaded version takes and gives; without it while nothing is loaded. */
export type ModelDetail = Pick<Model, "model" | "aliases" | "serving" | "versions" | "revision"> & {
  readonly description?: Description;
};

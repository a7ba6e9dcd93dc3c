import { PlatformError } from "../../base/index.ts";
import type { PackagePlan } from "../plan.ts";

/** What a user may choose about a Deployment, as the command line takes it. */
export interface KubernetesOptions {
  /** Where the cluster finds the image, such as `registry.example/team/churn:7`. */
  readonly image?: string;
  /** Fewest and most pods: `2-10`, or one number for a fixed size. */
  readonly replicas?: string;
  /** CPUs of one pod: `1` or `500m`. */
  readonly cpu?: string;
  /** Memory of one pod: `768Mi`. */
  readonly memory?: string;
  /** Requests in flight per pod above which more pods are started. */
  readonly inFlight?: string;
}

/** The same, checked and whole. */
export interface KubernetesChoices {
  readonly image:
    | { readonly name: string; readonly tag: string }
    | { readonly name: string; readonly digest: string };
  readonly replicas: { readonly min: number; readonly max: number };
  readonly cpu: string;
  readonly memory: string;
  readonly inFlight: number;
}

const MIB = 1024 * 1024;
/** Node.js, the engine and room for requests. */
const BASE_MIB = 512;
const STEP_MIB = 128;

/** @throws PlatformError `invalid_argument` naming the option. */
export function chosen(plan: PackagePlan, options: KubernetesOptions): KubernetesChoices {
  return {
    image: imageOf(plan, options.image),
    replicas: replicasOf(options.replicas ?? "2-10"),
    cpu: quantity(
      "--cpu",
      options.cpu ?? "1",
      /^(?:[1-9]\d{0,3}|0?\.\d{1,3}|[1-9]\d{0,3}\.\d{1,3}|[1-9]\d{1,6}m)$/,
      "such as 2 or 500m",
    ),
    memory: quantity(
      "--memory",
      options.memory ?? memoryFor(plan),
      /^[1-9]\d{0,6}(?:Mi|Gi)$/,
      "such as 768Mi or 2Gi",
    ),
    inFlight: inFlightOf(options.inFlight ?? "8"),
  };
}

/** Weights are held once as a file's pages and once by the engine. */
function memoryFor({ models }: PackagePlan): string {
  const bytes = models.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
  const mib = BASE_MIB + (2 * bytes) / MIB;
  return `${Math.ceil(mib / STEP_MIB) * STEP_MIB}Mi`;
}

function imageOf({ name, tag }: PackagePlan, given: string | undefined): KubernetesChoices["image"] {
  if (given === undefined) return { name, tag };
  const pattern =
    /^((?:[a-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
  const [, place, ownTag, digest] = (given.length <= 500 ? pattern.exec(given) : null) ?? [];
  if (place === undefined) {
    throw invalid("--image", given, "a reference of an image, such as registry.example/team/churn:7");
  }
  return digest === undefined ? { name: place, tag: ownTag ?? tag } : { name: place, digest };
}

function replicasOf(text: string): KubernetesChoices["replicas"] {
  const [, min, max = min] = /^([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?$/.exec(text) ?? [];
  if (Number(min) <= Number(max)) return { min: Number(min), max: Number(max) };
  throw invalid("--replicas", text, "fewest and most pods, such as 2-10");
}

function quantity(option: string, text: string, pattern: RegExp, expected: string): string {
  if (pattern.test(text)) return text;
  throw invalid(option, text, `a quantity of Kubernetes, ${expected}`);
}

function inFlightOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw invalid("--in-flight", text, "requests per pod, 1 to 99999");
}

function invalid(field: string, got: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", `${field} cannot be used`, { field, got, expected });
}

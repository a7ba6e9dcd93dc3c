import { PlatformError } from "../../base/index.ts";
import type { PredictResponse } from "../../model/index.ts";
import { encodeNpy } from "../../tensor/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { HttpProtocol, HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { encodeAnswer } from "../native/encode.ts";
import { chooseAnswerType, parseMediaType } from "../native/media-type.ts";
import { soleModel } from "../sole-model.ts";
import { decodeInvocation } from "./decode.ts";
import { payloadPart } from "./event-stream.ts";
import { sageMakerFailure } from "./failure.ts";

export interface SageMakerOptions {
  readonly maxBodyBytes: number;
  /** Whether `/ping` and `/invocations` are SageMaker's here; another wire may have them. */
  readonly isContainer: boolean;
}

const TARGET_MODEL = "x-amzn-sagemaker-target-model";
const TARGET_VARIANT = "x-amzn-sagemaker-target-variant";
/** The name that the platform gives the one variant of most of its endpoints. */
const WHOLE_TRAFFIC = "AllTraffic";
const MIB = 1024 * 1024;

/**
 * What Amazon SageMaker asks of a container, and its runtime API, so that SDKs with an `endpoint_url` call this
 * server: an endpoint is a model or endpoint here.
 *
 * @see Amazon SageMaker Developer Guide, "Use Your Own Inference Code with Hosting Services"; API_runtime_InvokeEndpoint.
 */
export function sageMaker(planes: Planes, options: SageMakerOptions): HttpProtocol {
  return {
    name: "sagemaker",
    prefixes: ["/endpoints"],
    routes: [
      ...(options.isContainer ? containerRoutes(planes, options) : []),
      ...runtimeRoutes(planes, options),
    ],
    failure: sageMakerFailure,
  };
}

function containerRoutes(planes: Planes, options: SageMakerOptions): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/ping",
      access: "public",
      handle: async ({ context }) => ({
        status: planes.control(context.caller).isReady() ? 200 : 503,
        headers: { "content-type": "application/json" },
        body: "",
      }),
    },
    {
      method: "GET",
      path: "/execution-parameters",
      access: "public",
      handle: async () =>
        json({
          MaxConcurrentTransforms: 8,
          BatchStrategy: "MULTI_RECORD",
          MaxPayloadInMB: Math.floor(options.maxBodyBytes / MIB),
        }),
    },
    {
      method: "POST",
      path: "/invocations",
      access: "predictor",
      handle: async (request) => invoke(planes, options, request, targetModel(planes, request)),
    },
  ];
}

function runtimeRoutes(planes: Planes, options: SageMakerOptions): HttpRoute[] {
  const nameOf = ({ params, headers }: HttpRequest) =>
    strip(headers[TARGET_MODEL]) ?? params["endpoint"] ?? "";
  return [
    {
      method: "POST",
      path: "/endpoints/{endpoint}/invocations",
      access: "predictor",
      handle: async (request) => invoke(planes, options, request, nameOf(request)),
    },
    {
      method: "POST",
      path: "/endpoints/{endpoint}/invocations-response-stream",
      access: "predictor",
      handle: async (request) =>
        streamed(await invoke(planes, options, asInvocation(request), nameOf(request))),
    },
    {
      method: "POST",
      path: "/endpoints/{endpoint}/async-invocations",
      access: "predictor",
      handle: async () => {
        throw new PlatformError("unimplemented", "asynchronous invocations are not part of this server", {
          hint: "invoke it and wait, or run a batch job",
        });
      },
    },
  ];
}

/** The model of an invocation of a container: the one that its header names, or the only one. */
function targetModel(planes: Planes, { headers, context }: HttpRequest): string {
  const named = strip(headers[TARGET_MODEL]);
  if (named !== undefined) return named;
  return soleModel(planes.control(context.caller), `name it in the header ${TARGET_MODEL}`);
}

/** "churn" of "churn.tar.gz": the platform names archives. */
const strip = (name: string | undefined) => name?.replace(/^\//, "").replace(/\.tar\.gz$/, "");

/** The streaming call has its own name for Accept. */
function asInvocation(request: HttpRequest): HttpRequest {
  const accept = request.headers["x-amzn-sagemaker-accept"];
  const { method, path, params, query, body, context } = request;
  return { method, path, params, query, body, context, headers: { ...request.headers, accept } };
}

async function invoke(
  planes: Planes,
  { maxBodyBytes }: SageMakerOptions,
  request: HttpRequest,
  model: string,
): Promise<HttpReply> {
  const control = planes.control(request.context.caller);
  const payload = await decodeInvocation(request, control, model, maxBodyBytes);
  const variant = request.headers[TARGET_VARIANT];
  const isNamed = variant !== undefined && variant !== WHOLE_TRAFFIC;
  const response = await planes.data.predict(
    { model, payload, ...(isNamed && { variant }) },
    request.context,
  );
  const reply = encode(response, request.headers["accept"]);
  const attributes = request.headers["x-amzn-sagemaker-custom-attributes"];
  return {
    ...reply,
    headers: {
      ...reply.headers,
      "x-amzn-invoked-production-variant": response.variant ?? WHOLE_TRAFFIC,
      ...(attributes !== undefined && { "x-amzn-sagemaker-custom-attributes": attributes }),
    },
  };
}

function encode(response: PredictResponse, accept: string | undefined): HttpReply {
  if (parseMediaType(accept).type !== "application/x-npy") {
    return encodeAnswer(response, { type: chooseAnswerType(accept) });
  }
  const [first] = response.outputs.values();
  if (!first || response.outputs.size > 1) {
    throw new PlatformError(
      "invalid_argument",
      `numpy's form holds one output, the model has ${response.outputs.size}`,
      {
        field: "accept",
        got: "application/x-npy",
        expected: "application/json",
      },
    );
  }
  return {
    status: 200,
    headers: { "content-type": "application/x-npy", ...answeredBy(response) },
    body: encodeNpy(first),
  };
}

/** A reply as a stream of one part. */
function streamed({ status, headers, body }: HttpReply): HttpReply {
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.concat(body as readonly Uint8Array[]);
  return {
    status,
    headers: {
      ...headers,
      "content-type": "application/vnd.amazon.eventstream",
      "x-amzn-sagemaker-content-type": headers["content-type"] ?? "application/json",
    },
    body: payloadPart(bytes),
  };
}

const json = (value: object): HttpReply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

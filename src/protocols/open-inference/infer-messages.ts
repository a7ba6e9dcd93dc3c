import { type MessageTable, message } from "../../base/index.ts";

/*
 * Messages of inference. Fields have the names of the wire.
 * Source: triton-inference-server/common, protobuf/grpc_service.proto.
 */

export interface InferParameter {
  readonly bool_param: boolean | undefined;
  readonly int64_param: bigint | undefined;
  readonly string_param: string | undefined;
  readonly double_param: number | undefined;
  readonly uint64_param: bigint | undefined;
}

const inferParameter: MessageTable<InferParameter> = message<InferParameter>("inference.InferParameter", {
  bool_param: { number: 1, type: "bool", oneof: "parameter_choice" },
  int64_param: { number: 2, type: "int64", oneof: "parameter_choice" },
  string_param: { number: 3, type: "string", oneof: "parameter_choice" },
  double_param: { number: 4, type: "double", oneof: "parameter_choice" },
  uint64_param: { number: 5, type: "uint64", oneof: "parameter_choice" },
});

export interface InferTensorContents {
  readonly bool_contents: Uint8Array;
  readonly int_contents: Int32Array;
  readonly int64_contents: BigInt64Array;
  readonly uint_contents: Uint32Array;
  readonly uint64_contents: BigUint64Array;
  readonly fp32_contents: Float32Array;
  readonly fp64_contents: Float64Array;
  readonly bytes_contents: readonly Uint8Array[];
}

const inferTensorContents: MessageTable<InferTensorContents> = message<InferTensorContents>(
  "inference.InferTensorContents",
  {
    bool_contents: { number: 1, type: "bool", repeated: true },
    int_contents: { number: 2, type: "int32", repeated: true },
    int64_contents: { number: 3, type: "int64", repeated: true },
    uint_contents: { number: 4, type: "uint32", repeated: true },
    uint64_contents: { number: 5, type: "uint64", repeated: true },
    fp32_contents: { number: 6, type: "float", repeated: true },
    fp64_contents: { number: 7, type: "double", repeated: true },
    bytes_contents: { number: 8, type: "bytes", repeated: true },
  },
);

export interface ModelInferRequestInferInputTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters: ReadonlyMap<string, InferParameter>;
  readonly contents: InferTensorContents | undefined;
}

const modelInferRequestInferInputTensor: MessageTable<ModelInferRequestInferInputTensor> =
  message<ModelInferRequestInferInputTensor>("inference.ModelInferRequest.InferInputTensor", {
    name: { number: 1, type: "string" },
    datatype: { number: 2, type: "string" },
    shape: { number: 3, type: "int64", repeated: true, as: "number" },
    parameters: { number: 4, type: inferParameter, map: "string" },
    contents: { number: 5, type: inferTensorContents },
  });

export interface ModelInferRequestInferRequestedOutputTensor {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, InferParameter>;
}

const modelInferRequestInferRequestedOutputTensor: MessageTable<ModelInferRequestInferRequestedOutputTensor> =
  message<ModelInferRequestInferRequestedOutputTensor>(
    "inference.ModelInferRequest.InferRequestedOutputTensor",
    {
      name: { number: 1, type: "string" },
      parameters: { number: 2, type: inferParameter, map: "string" },
    },
  );

export interface ModelInferRequest {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: ReadonlyMap<string, InferParameter>;
  readonly inputs: readonly ModelInferRequestInferInputTensor[];
  readonly outputs: readonly ModelInferRequestInferRequestedOutputTensor[];
  readonly raw_input_contents: readonly Uint8Array[];
}

export const modelInferRequest: MessageTable<ModelInferRequest> = message<ModelInferRequest>(
  "inference.ModelInferRequest",
  {
    model_name: { number: 1, type: "string" },
    model_version: { number: 2, type: "string" },
    id: { number: 3, type: "string" },
    parameters: { number: 4, type: inferParameter, map: "string" },
    inputs: { number: 5, type: modelInferRequestInferInputTensor, repeated: true },
    outputs: { number: 6, type: modelInferRequestInferRequestedOutputTensor, repeated: true },
    raw_input_contents: { number: 7, type: "bytes", repeated: true },
  },
);

export interface ModelInferResponseInferOutputTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters: ReadonlyMap<string, InferParameter>;
  readonly contents: InferTensorContents | undefined;
}

const modelInferResponseInferOutputTensor: MessageTable<ModelInferResponseInferOutputTensor> =
  message<ModelInferResponseInferOutputTensor>("inference.ModelInferResponse.InferOutputTensor", {
    name: { number: 1, type: "string" },
    datatype: { number: 2, type: "string" },
    shape: { number: 3, type: "int64", repeated: true, as: "number" },
    parameters: { number: 4, type: inferParameter, map: "string" },
    contents: { number: 5, type: inferTensorContents },
  });

export interface ModelInferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: ReadonlyMap<string, InferParameter>;
  readonly outputs: readonly ModelInferResponseInferOutputTensor[];
  readonly raw_output_contents: readonly Uint8Array[];
}

export const modelInferResponse: MessageTable<ModelInferResponse> = message<ModelInferResponse>(
  "inference.ModelInferResponse",
  {
    model_name: { number: 1, type: "string" },
    model_version: { number: 2, type: "string" },
    id: { number: 3, type: "string" },
    parameters: { number: 4, type: inferParameter, map: "string" },
    outputs: { number: 5, type: modelInferResponseInferOutputTensor, repeated: true },
    raw_output_contents: { number: 6, type: "bytes", repeated: true },
  },
);

export interface ModelStreamInferResponse {
  readonly error_message: string;
  readonly infer_response: ModelInferResponse | undefined;
}

export const modelStreamInferResponse: MessageTable<ModelStreamInferResponse> =
  message<ModelStreamInferResponse>("inference.ModelStreamInferResponse", {
    error_message: { number: 1, type: "string" },
    infer_response: { number: 2, type: modelInferResponse },
  });

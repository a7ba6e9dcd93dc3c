import { enumeration, type FieldTable, type MessageTable, message } from "../base/index.ts";
import type {
  AttributeProto,
  Dimension,
  FunctionProto,
  GraphProto,
  MapTypeProto,
  ModelProto,
  NodeProto,
  OpaqueTypeProto,
  OperatorSetId,
  SequenceTypeProto,
  SparseTensorProto,
  StringEntry,
  TensorAnnotation,
  TensorProto,
  TensorSegment,
  TensorShapeProto,
  TensorTypeProto,
  TrainingInfoProto,
  TypeProto,
  ValueInfoProto,
} from "./proto.ts";

/** What the file has beyond these tables (device configurations, for one) is kept when it is written again. */
const keep = { keepUnknown: true };

const text = (number: number): FieldTable => ({ number, type: "string", optional: true });
const integer = (number: number): FieldTable => ({ number, type: "int64", optional: true, as: "number" });
const one = (number: number, type: FieldTable["type"]): FieldTable => ({ number, type, optional: true });
const many = (number: number, type: FieldTable["type"]): FieldTable => ({ number, type, repeated: true });
/** Repeated numbers as proto2 writes them: not packed. */
const loose = (number: number, type: "int64" | "float"): FieldTable => ({
  number,
  type,
  repeated: true,
  packed: false,
});
const dims = (number: number): FieldTable => ({ ...loose(number, "int64"), as: "number" });

/** Element types of tensors. */
export const dataTypeEnum = enumeration("onnx.TensorProto.DataType", {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
});

const dataLocationEnum = enumeration("onnx.TensorProto.DataLocation", { DEFAULT: 0, EXTERNAL: 1 });

const attributeTypeEnum = enumeration("onnx.AttributeProto.AttributeType", {
  UNDEFINED: 0,
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
});

const stringEntryTable = message<StringEntry>(
  "onnx.StringStringEntryProto",
  { key: text(1), value: text(2) },
  keep,
);

const operatorSetIdTable = message<OperatorSetId>(
  "onnx.OperatorSetIdProto",
  { domain: text(1), version: integer(2) },
  keep,
);

const segmentTable = message<TensorSegment>(
  "onnx.TensorProto.Segment",
  { begin: integer(1), end: integer(2) },
  keep,
);

/** A tensor: weights, constants. */
const tensorTable: MessageTable<TensorProto> = message<TensorProto>(
  "onnx.TensorProto",
  {
    dims: dims(1),
    dataType: one(2, "int32"),
    segment: one(3, segmentTable),
    floatData: many(4, "float"),
    int32Data: { ...many(5, "int32"), protoName: "int32_data" },
    stringData: many(6, "bytes"),
    int64Data: { ...many(7, "int64"), protoName: "int64_data" },
    name: text(8),
    rawData: one(9, "bytes"),
    doubleData: many(10, "double"),
    uint64Data: { ...many(11, "uint64"), protoName: "uint64_data" },
    docString: text(12),
    externalData: many(13, stringEntryTable),
    dataLocation: one(14, dataLocationEnum),
    metadataProps: many(16, stringEntryTable),
  },
  keep,
);

const sparseTensorTable = message<SparseTensorProto>(
  "onnx.SparseTensorProto",
  { values: one(1, tensorTable), indices: one(2, tensorTable), dims: dims(3) },
  keep,
);

const dimensionTable = message<Dimension>(
  "onnx.TensorShapeProto.Dimension",
  {
    dimValue: { number: 1, type: "int64", oneof: "value", as: "number" },
    dimParam: { number: 2, type: "string", oneof: "value" },
    denotation: text(3),
  },
  keep,
);

const shapeTable = message<TensorShapeProto>("onnx.TensorShapeProto", { dim: many(1, dimensionTable) }, keep);

const tensorTypeTable = message<TensorTypeProto>(
  "onnx.TypeProto.Tensor",
  { elemType: one(1, "int32"), shape: one(2, shapeTable) },
  keep,
);

const sparseTensorTypeTable = message<TensorTypeProto>(
  "onnx.TypeProto.SparseTensor",
  { elemType: one(1, "int32"), shape: one(2, shapeTable) },
  keep,
);

const sequenceTypeTable = message<SequenceTypeProto>(
  "onnx.TypeProto.Sequence",
  { elemType: one(1, () => typeTable) },
  keep,
);

const optionalTypeTable = message<SequenceTypeProto>(
  "onnx.TypeProto.Optional",
  { elemType: one(1, () => typeTable) },
  keep,
);

const mapTypeTable = message<MapTypeProto>(
  "onnx.TypeProto.Map",
  { keyType: one(1, "int32"), valueType: one(2, () => typeTable) },
  keep,
);

const opaqueTypeTable = message<OpaqueTypeProto>(
  "onnx.TypeProto.Opaque",
  { domain: text(1), name: text(2) },
  keep,
);

const typeTable: MessageTable<TypeProto> = message<TypeProto>(
  "onnx.TypeProto",
  {
    tensorType: { number: 1, type: tensorTypeTable, oneof: "value" },
    sequenceType: { number: 4, type: sequenceTypeTable, oneof: "value" },
    mapType: { number: 5, type: mapTypeTable, oneof: "value" },
    denotation: text(6),
    opaqueType: { number: 7, type: opaqueTypeTable, oneof: "value" },
    sparseTensorType: { number: 8, type: sparseTensorTypeTable, oneof: "value" },
    optionalType: { number: 9, type: optionalTypeTable, oneof: "value" },
  },
  keep,
);

const valueInfoTable = message<ValueInfoProto>(
  "onnx.ValueInfoProto",
  { name: text(1), type: one(2, typeTable), docString: text(3), metadataProps: many(4, stringEntryTable) },
  keep,
);

const attributeTable = message<AttributeProto>(
  "onnx.AttributeProto",
  {
    name: text(1),
    f: one(2, "float"),
    i: one(3, "int64"),
    s: one(4, "bytes"),
    t: one(5, tensorTable),
    g: one(6, () => graphTable),
    floats: loose(7, "float"),
    ints: loose(8, "int64"),
    strings: many(9, "bytes"),
    tensors: many(10, tensorTable),
    graphs: many(11, () => graphTable),
    docString: text(13),
    tp: one(14, typeTable),
    typeProtos: many(15, typeTable),
    type: one(20, attributeTypeEnum),
    refAttrName: text(21),
    sparseTensor: one(22, sparseTensorTable),
    sparseTensors: many(23, sparseTensorTable),
  },
  keep,
);

const nodeTable = message<NodeProto>(
  "onnx.NodeProto",
  {
    input: many(1, "string"),
    output: many(2, "string"),
    name: text(3),
    opType: text(4),
    attribute: many(5, attributeTable),
    docString: text(6),
    domain: text(7),
    overload: text(8),
    metadataProps: many(9, stringEntryTable),
  },
  keep,
);

const annotationTable = message<TensorAnnotation>(
  "onnx.TensorAnnotation",
  { tensorName: text(1), quantParameterTensorNames: many(2, stringEntryTable) },
  keep,
);

const graphTable: MessageTable<GraphProto> = message<GraphProto>(
  "onnx.GraphProto",
  {
    node: many(1, nodeTable),
    name: text(2),
    initializer: many(5, tensorTable),
    docString: text(10),
    input: many(11, valueInfoTable),
    output: many(12, valueInfoTable),
    valueInfo: many(13, valueInfoTable),
    quantizationAnnotation: many(14, annotationTable),
    sparseInitializer: many(15, sparseTensorTable),
    metadataProps: many(16, stringEntryTable),
  },
  keep,
);

const functionTable = message<FunctionProto>(
  "onnx.FunctionProto",
  {
    name: text(1),
    input: many(4, "string"),
    output: many(5, "string"),
    attribute: many(6, "string"),
    node: many(7, nodeTable),
    docString: text(8),
    opsetImport: many(9, operatorSetIdTable),
    domain: text(10),
    attributeProto: many(11, attributeTable),
    valueInfo: many(12, valueInfoTable),
    overload: text(13),
    metadataProps: many(14, stringEntryTable),
  },
  keep,
);

const trainingInfoTable = message<TrainingInfoProto>(
  "onnx.TrainingInfoProto",
  {
    initialization: one(1, graphTable),
    algorithm: one(2, graphTable),
    initializationBinding: many(3, stringEntryTable),
    updateBinding: many(4, stringEntryTable),
  },
  keep,
);

/** An ONNX file. */
export const modelTable: MessageTable<ModelProto> = message<ModelProto>(
  "onnx.ModelProto",
  {
    irVersion: integer(1),
    producerName: text(2),
    producerVersion: text(3),
    domain: text(4),
    modelVersion: one(5, "int64"),
    docString: text(6),
    graph: one(7, graphTable),
    opsetImport: many(8, operatorSetIdTable),
    metadataProps: many(14, stringEntryTable),
    trainingInfo: many(20, trainingInfoTable),
    functions: many(25, functionTable),
  },
  keep,
);

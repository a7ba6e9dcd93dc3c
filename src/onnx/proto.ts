/**
 * Shapes of the messages of an ONNX file. Scalars are undefined where the file leaves them out,
 * so that a file can be written again as it was.
 *
 * Source: onnx/onnx, onnx/onnx.proto (IR version 13).
 */

export interface StringEntry {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

export interface OperatorSetId {
  readonly domain: string | undefined;
  readonly version: number | undefined;
}

export interface TensorProto {
  readonly dims: readonly number[];
  readonly dataType: number | undefined;
  readonly segment: TensorSegment | undefined;
  readonly floatData: Float32Array;
  readonly int32Data: Int32Array;
  readonly stringData: readonly Uint8Array[];
  readonly int64Data: BigInt64Array;
  readonly name: string | undefined;
  readonly docString: string | undefined;
  readonly rawData: Uint8Array | undefined;
  readonly externalData: readonly StringEntry[];
  readonly dataLocation: number | undefined;
  readonly doubleData: Float64Array;
  readonly uint64Data: BigUint64Array;
  readonly metadataProps: readonly StringEntry[];
}

export interface TensorSegment {
  readonly begin: number | undefined;
  readonly end: number | undefined;
}

export interface SparseTensorProto {
  readonly values: TensorProto | undefined;
  readonly indices: TensorProto | undefined;
  readonly dims: readonly number[];
}

export interface Dimension {
  readonly dimValue: number | undefined;
  readonly dimParam: string | undefined;
  readonly denotation: string | undefined;
}

export interface TensorShapeProto {
  readonly dim: readonly Dimension[];
}

/** Also the shape of a sparse tensor's type. */
export interface TensorTypeProto {
  readonly elemType: number | undefined;
  readonly shape: TensorShapeProto | undefined;
}

/** Also the shape of an optional's type. */
export interface SequenceTypeProto {
  readonly elemType: TypeProto | undefined;
}

export interface MapTypeProto {
  readonly keyType: number | undefined;
  readonly valueType: TypeProto | undefined;
}

export interface OpaqueTypeProto {
  readonly domain: string | undefined;
  readonly name: string | undefined;
}

export interface TypeProto {
  readonly tensorType: TensorTypeProto | undefined;
  readonly sequenceType: SequenceTypeProto | undefined;
  readonly mapType: MapTypeProto | undefined;
  readonly denotation: string | undefined;
  readonly opaqueType: OpaqueTypeProto | undefined;
  readonly sparseTensorType: TensorTypeProto | undefined;
  readonly optionalType: SequenceTypeProto | undefined;
}

export interface ValueInfoProto {
  readonly name: string | undefined;
  readonly type: TypeProto | undefined;
  readonly docString: string | undefined;
  readonly metadataProps: readonly StringEntry[];
}

export interface AttributeProto {
  readonly name: string | undefined;
  readonly f: number | undefined;
  readonly i: bigint | undefined;
  readonly s: Uint8Array | undefined;
  readonly t: TensorProto | undefined;
  readonly g: GraphProto | undefined;
  readonly floats: Float32Array;
  readonly ints: BigInt64Array;
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly TensorProto[];
  readonly graphs: readonly GraphProto[];
  readonly docString: string | undefined;
  readonly tp: TypeProto | undefined;
  readonly typeProtos: readonly TypeProto[];
  readonly type: number | undefined;
  readonly refAttrName: string | undefined;
  readonly sparseTensor: SparseTensorProto | undefined;
  readonly sparseTensors: readonly SparseTensorProto[];
}

export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string | undefined;
  readonly opType: string | undefined;
  readonly attribute: readonly AttributeProto[];
  readonly docString: string | undefined;
  readonly domain: string | undefined;
  readonly overload: string | undefined;
  readonly metadataProps: readonly StringEntry[];
}

export interface TensorAnnotation {
  readonly tensorName: string | undefined;
  readonly quantParameterTensorNames: readonly StringEntry[];
}

export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name: string | undefined;
  readonly initializer: readonly TensorProto[];
  readonly docString: string | undefined;
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly valueInfo: readonly ValueInfoProto[];
  readonly quantizationAnnotation: readonly TensorAnnotation[];
  readonly sparseInitializer: readonly SparseTensorProto[];
  readonly metadataProps: readonly StringEntry[];
}

export interface FunctionProto {
  readonly name: string | undefined;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly string[];
  readonly node: readonly NodeProto[];
  readonly docString: string | undefined;
  readonly opsetImport: readonly OperatorSetId[];
  readonly domain: string | undefined;
  readonly attributeProto: readonly AttributeProto[];
  readonly valueInfo: readonly ValueInfoProto[];
  readonly overload: string | undefined;
  readonly metadataProps: readonly StringEntry[];
}

export interface TrainingInfoProto {
  readonly initialization: GraphProto | undefined;
  readonly algorithm: GraphProto | undefined;
  readonly initializationBinding: readonly StringEntry[];
  readonly updateBinding: readonly StringEntry[];
}

export interface ModelProto {
  readonly irVersion: number | undefined;
  readonly producerName: string | undefined;
  readonly producerVersion: string | undefined;
  readonly domain: string | undefined;
  readonly modelVersion: bigint | undefined;
  readonly docString: string | undefined;
  readonly graph: GraphProto | undefined;
  readonly opsetImport: readonly OperatorSetId[];
  readonly metadataProps: readonly StringEntry[];
  readonly trainingInfo: readonly TrainingInfoProto[];
  readonly functions: readonly FunctionProto[];
}

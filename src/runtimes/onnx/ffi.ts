import koffi, { type LibraryHandle, type TypeObject } from "koffi";
import { PlatformError } from "../../base/index.ts";

/** Place of a thing in native memory. User-space addresses stay below 2^47, so a number holds them exactly. */
export type Address = number;

/** A function of the engine: every argument and result is an integer or an address. */
type Call = (...args: number[]) => number;

/**
 * Functions of ONNX Runtime's C API that Sirve calls: position in the `OrtApi` table and the types
 * of the arguments (p address, n size_t, i int). All return an `OrtStatus` address, 0 for
 * success, unless the list says else after a colon (v nothing, i int).
 *
 * Positions are stable: the table only grows at its end.
 * Source: onnxruntime_c_api.h, struct OrtApi; NativeMethods.shared.cs lists the same order.
 */
const POSITIONS = {
  GetErrorCode: [1, "p:i"],
  CreateEnv: [3, "ipp"],
  CreateSession: [7, "pppp"],
  CreateSessionFromArray: [8, "ppnpp"],
  Run: [9, "ppppnpnp"],
  CreateSessionOptions: [10, "p"],
  SetSessionExecutionMode: [13, "pi"],
  SetSessionGraphOptimizationLevel: [23, "pi"],
  SetIntraOpNumThreads: [24, "pi"],
  SetInterOpNumThreads: [25, "pi"],
  SessionGetInputCount: [30, "pp"],
  SessionGetOutputCount: [31, "pp"],
  SessionGetInputTypeInfo: [33, "pnp"],
  SessionGetOutputTypeInfo: [34, "pnp"],
  SessionGetInputName: [36, "pnpp"],
  SessionGetOutputName: [37, "pnpp"],
  CreateRunOptions: [39, "p"],
  RunOptionsSetTerminate: [46, "p"],
  RunOptionsUnsetTerminate: [47, "p"],
  CreateTensorAsOrtValue: [48, "ppnip"],
  CreateTensorWithDataAsOrtValue: [49, "ppnpnip"],
  GetTensorMutableData: [51, "pp"],
  GetStringTensorDataLength: [53, "pp"],
  GetStringTensorContent: [54, "ppnpn"],
  CastTypeInfoToTensorInfo: [55, "pp"],
  GetOnnxTypeFromTypeInfo: [56, "pp"],
  GetTensorElementType: [60, "pp"],
  GetDimensionsCount: [61, "pp"],
  GetDimensions: [62, "ppn"],
  GetSymbolicDimensions: [63, "ppn"],
  GetTensorTypeAndShape: [65, "pp"],
  CreateCpuMemoryInfo: [69, "iip"],
  AllocatorFree: [76, "pp"],
  GetAllocatorWithDefaultOptions: [78, "p"],
  ReleaseEnv: [92, "p:v"],
  ReleaseStatus: [93, "p:v"],
  ReleaseMemoryInfo: [94, "p:v"],
  ReleaseSession: [95, "p:v"],
  ReleaseValue: [96, "p:v"],
  ReleaseRunOptions: [97, "p:v"],
  ReleaseTypeInfo: [98, "p:v"],
  ReleaseTensorTypeAndShapeInfo: [99, "p:v"],
  ReleaseSessionOptions: [100, "p:v"],
  GetAvailableProviders: [125, "pp"],
  ReleaseAvailableProviders: [126, "pi"],
  AddSessionConfigEntry: [130, "ppp"],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, "pp"],
  CreateCUDAProviderOptions: [205, "p"],
  UpdateCUDAProviderOptions: [206, "pppn"],
  ReleaseCUDAProviderOptions: [208, "p:v"],
  GetResizedStringTensorElementBuffer: [252, "pnnp"],
} as const satisfies Record<string, readonly [number, string]>;

/** The functions of ONNX Runtime, bound for the calling thread. */
export type OrtApi = { readonly [Name in keyof typeof POSITIONS]: Call } & {
  /** Text of a status. */
  readonly GetErrorMessage: (status: Address) => string;
  /** Version of the library, such as "1.30.0". */
  readonly version: string;
};

const ERROR_MESSAGE_POSITION = 2;

/** The version of the C API that is asked for: old enough for every library since 1.16, and all we call is in it. */
const API_VERSION = 16;

const TYPES: Record<string, string> = {
  p: "uintptr_t",
  n: "size_t",
  i: "int",
  v: "void",
};

/** Graphs nest, and the engine recurses over them: the stack on which koffi makes native calls. */
const NATIVE_STACK_BYTES = 8 * 1024 * 1024;

/** koffi unloads a library whose handle is collected, with all its state: so they are kept. */
const libraries: LibraryHandle[] = [];

let stackIsSet = false;
const prototypes = new Map<string, TypeObject>();

/**
 * Opens an ONNX Runtime library in the calling thread. The library itself is loaded once per
 * process, so addresses it gives are good in every thread.
 *
 * @throws PlatformError `failed_precondition` if `path` is not such a library or is too old.
 */
export function openOrt(path: string): OrtApi {
  setStack();
  const base = apiBase(path);
  const [getApi = 0n, getVersion = 0n] = new BigUint64Array(koffi.view(base, 16));
  const version = (koffi.decode(getVersion, prototype("str", [])) as () => string)();
  const table = (koffi.decode(getApi, prototype("void *", ["uint32_t"])) as (v: number) => bigint | null)(
    API_VERSION,
  );
  if (!table) {
    throw new PlatformError(
      "failed_precondition",
      `ONNX Runtime ${version} is too old, expected 1.16 or newer`,
      {
        field: "onnxruntimeLibrary",
        got: version,
        expected: "1.16 or newer",
      },
    );
  }
  return { ...bindAll(table), version };
}

function setStack(): void {
  if (!stackIsSet) koffi.config({ sync_stack_size: NATIVE_STACK_BYTES });
  stackIsSet = true;
}

function apiBase(path: string): bigint {
  try {
    const library = koffi.load(path);
    libraries.push(library);
    const getBase = library.func("OrtGetApiBase", "void *", []) as () => bigint;
    return getBase();
  } catch (cause) {
    throw new PlatformError("failed_precondition", "the ONNX Runtime library cannot be loaded", {
      field: "onnxruntimeLibrary",
      got: cause instanceof Error ? cause.message : "",
      expected: "a shared library of ONNX Runtime for this platform",
      hint: "sirve doctor checks the installation; --onnxruntime-library names another library.",
      cause,
    });
  }
}

function bindAll(table: bigint): Omit<OrtApi, "version"> {
  const positions = Object.entries(POSITIONS);
  const last = Math.max(...positions.map(([, [position]]) => position));
  const pointers = new BigUint64Array(koffi.view(table, (last + 1) * 8));
  const bound: Record<string, unknown> = {
    GetErrorMessage: koffi.decode(pointers[ERROR_MESSAGE_POSITION], prototype("str", ["uintptr_t"])),
  };
  for (const [name, [position, types]] of positions) {
    const [args = "", result = "p"] = types.split(":");
    const argTypes = Array.from(args).map((letter) => TYPES[letter] ?? "");
    bound[name] = koffi.decode(pointers[position], prototype(TYPES[result] ?? "", argTypes));
  }
  // The loop binds exactly the names of POSITIONS.
  return bound as Omit<OrtApi, "version">;
}

/** One prototype per shape and thread: koffi keeps each for ever. */
function prototype(result: string, args: string[]): TypeObject {
  const key = `${result}(${args})`;
  let type = prototypes.get(key);
  if (!type) prototypes.set(key, (type = koffi.proto(result, args)));
  return type;
}

/** Zeroed native memory. Free it with {@link freeNative}. */
export function allocateNative(bytes: number): Address {
  return Number(koffi.alloc("uint8_t", Math.max(bytes, 1)) as bigint);
}

/** Frees what {@link allocateNative} gave; views of it must not be used any more. */
export function freeNative(address: Address): void {
  koffi.free(BigInt(address));
}

/** Native memory as an ArrayBuffer, not copied. */
export function viewNative(address: Address, bytes: number): ArrayBuffer {
  return koffi.view(BigInt(address), bytes);
}

/** Where a buffer or typed array lies. Good as long as the array is kept alive: backing stores do not move. */
export function addressOf(data: ArrayBufferView): Address {
  return Number(koffi.address(data));
}

/** The text at `address`, up to its NUL. */
export function readText(address: Address): string {
  return koffi.decode.string(BigInt(address));
}

/** Functions of the C library. */
export interface Libc {
  /** Copies bytes between two places of native memory. */
  readonly copy: (to: Address, from: Address, bytes: number) => void;
  /** Gives free heap memory back to the system; where the C library cannot, does nothing. */
  readonly trim: () => void;
  /** Bytes of native memory that the process has allocated and not freed; 0 where the C library does not tell. */
  readonly heapBytes: () => number;
  /**
   * CPU time of the calling thread so far, in microseconds. Exact to the call: the kernel's usage
   * counters, which process.threadCpuUsage() reads, may lag by a scheduler tick, so that a run of
   * milliseconds now and then seems to cost nothing.
   */
  readonly threadCpuUs: () => number;
  /** Ends the process now: nothing that libraries left to be done at the end is done. */
  readonly leave: (code: number) => void;
}

let libc: Libc | undefined;

/** The C library of the process. */
export function openLibc(): Libc {
  if (libc) return libc;
  const library = koffi.load(null);
  libraries.push(library);
  const memcpy = library.func("memcpy", "void", ["uintptr_t", "uintptr_t", "size_t"]) as Libc["copy"];
  libc = {
    copy: memcpy,
    trim: bindTrim(library),
    heapBytes: bindHeapBytes(library),
    threadCpuUs: bindThreadCpu(library),
    leave: library.func("_exit", "void", ["int"]) as Libc["leave"],
  };
  return libc;
}

function bindTrim(library: LibraryHandle): () => void {
  try {
    const trim = library.func("malloc_trim", "int", ["size_t"]) as (pad: number) => number;
    return () => void trim(0);
  } catch {
    return () => {}; // Not glibc: macOS returns memory by itself.
  }
}

/** CLOCK_THREAD_CPUTIME_ID of clock_gettime(2), which is not the same everywhere. */
const THREAD_CPU_CLOCK = process.platform === "darwin" ? 16 : 3;

function bindThreadCpu(library: LibraryHandle): () => number {
  try {
    const gettime = library.func("clock_gettime", "int", ["int", "uintptr_t"]) as (
      id: number,
      at: Address,
    ) => number;
    const at = allocateNative(16);
    const [seconds, nanoseconds] = [0, 2];
    const time = new Uint32Array(viewNative(at, 16));
    return () => {
      gettime(THREAD_CPU_CLOCK, at);
      return (time[seconds] ?? 0) * 1e6 + (time[nanoseconds] ?? 0) / 1e3;
    };
  } catch {
    return () => {
      const { user, system } = process.threadCpuUsage();
      return user + system;
    };
  }
}

/** What mallinfo2(3) tells, in its order. */
const MALLINFO = [
  "arena",
  "ordblks",
  "smblks",
  "hblks",
  "hblkhd",
  "usmblks",
  "fsmblks",
  "uordblks",
  "fordblks",
];

function bindHeapBytes(library: LibraryHandle): () => number {
  try {
    const fields = [...MALLINFO, "keepcost"].map((name) => [name, "size_t"] as const);
    const info = library.func("mallinfo2", koffi.struct(Object.fromEntries(fields)), []) as () => {
      uordblks: number;
      hblkhd: number;
    };
    return () => {
      const { uordblks, hblkhd } = info();
      return uordblks + hblkhd;
    };
  } catch {
    return () => 0;
  }
}

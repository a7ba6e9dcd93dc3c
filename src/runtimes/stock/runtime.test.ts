import { systemClock } from "../../base/index.ts";
import { describeRuntime } from "../contract.suite.ts";
import { createStockRuntime } from "./runtime.ts";

describeRuntime("stock", async () => createStockRuntime({ lanes: 2, clock: systemClock }), {
  anyBytes: "onnxruntime-node takes text only",
  bfloat16: "onnxruntime-node has no bfloat16",
  zipMap: "onnxruntime-node cannot read maps",
});

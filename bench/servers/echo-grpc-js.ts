/** A grpc-js server that answers every message with itself, unparsed. The yardstick of the gRPC wire. */
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";

const same = (bytes: Buffer) => bytes;
const service: ServiceDefinition = {
  ModelInfer: {
    path: "/inference.GRPCInferenceService/ModelInfer",
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};
const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(service, {
  ModelInfer: (call: { request: Buffer }, done: (e: null, m: Buffer) => void) => done(null, call.request),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${JSON.stringify({ ready: { port, grpcPort: port } })}\n`);
});
process.on("SIGTERM", () => process.exit(0));

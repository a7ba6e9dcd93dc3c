import { type TestApp, withApp } from "./app.ts";
import { connectWires, type Wire, type WireClients } from "./four-wires.ts";
import { rowSample, sliceTensors } from "./samples.ts";
import { artifact, createServedFolder, type ServedFolder } from "./served-folder.ts";
import { Traffic } from "./traffic.ts";
import type { WireTensor } from "./wire-tensor.ts";

/** The model of {@link flightScene}. */
export const FLIGHT = "flight-delay";
/** One row for it. */
export const FLIGHT_REQUEST = { model: FLIGHT, inputs: sliceTensors(rowSample(FLIGHT, 1).inputs, 0, 1) };

export interface Scene extends TestApp {
  readonly folder: ServedFolder;
  readonly clients: WireClients;
  /** Asks for flights until it is stopped, or the scene ends. */
  readonly traffic: (wires: readonly Wire[]) => Traffic;
}

/** A server over a folder of its own with version 1 of the flight model, and clients. */
export async function flightScene(
  use: (scene: Scene) => Promise<void>,
  flags: Parameters<typeof withApp>[2] = {},
): Promise<void> {
  const folder = createServedFolder();
  folder.add(FLIGHT, 1, artifact(FLIGHT));
  try {
    await withApp(
      folder.path,
      async (app) => {
        const clients = connectWires(app.url, app.grpc);
        const under: Traffic[] = [];
        const traffic = (wires: readonly Wire[]) => {
          const started = new Traffic(clients, FLIGHT_REQUEST, wires);
          under.push(started);
          return started;
        };
        try {
          await use({ ...app, folder, clients, traffic });
        } finally {
          await Promise.all(under.map((one) => one.stop()));
          clients.close();
        }
      },
      flags,
    );
  } finally {
    folder.delete();
  }
}

/** Rows of the models that take 1, 5 or 20 ms for each. */
export function slowRows(rows: number): WireTensor[] {
  const data = Array.from({ length: rows * 256 }, (_, i) => ((i % 17) - 8) / 8);
  return [{ name: "x", datatype: "FP32", shape: [rows, 256], data }];
}

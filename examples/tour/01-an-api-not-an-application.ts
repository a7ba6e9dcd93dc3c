/** A trained model becomes an API by lying in a folder: no application is written, no manifest is needed. */
import { demonstrate, prove, say } from "./kit.ts";

const FLIGHT = { origin: "ORD", destination: "MSP", distance: 334, hour: 13, dayOfWeek: 3, month: 6 };

await demonstrate(
  "1  An API, not an application",
  (folder) => folder.add("flight-delay", 1, "examples/models/flight-delay/1/model.onnx"),
  async ({ predict, get, url }) => {
    say("The folder holds one file: flight-delay/1/model.onnx");
    const { status, body } = await predict("flight-delay", { rows: [FLIGHT] });
    say(`POST /predict/flight-delay ${JSON.stringify(FLIGHT)}`);
    say(`${status} ${JSON.stringify(body)}`);
    const [prediction] = body["predictions"] as { probabilities: object }[];
    prove(
      "a row by column names comes back as an answer with its version",
      status === 200 && body["version"] === 1,
    );
    prove(
      "the answer has a probability for each class",
      Object.keys(prediction?.probabilities ?? {}).length === 2,
    );

    const wrong = await predict("flight-delay", { rows: [{ ...FLIGHT, distance: "far" }] });
    say(`${wrong.status} ${String(wrong.body["detail"])}`);
    prove("a wrong value is answered by its column, what came and what is expected", wrong.status === 400);

    const openapi = (await get("/openapi.json")) as { paths: object };
    const typed = Object.keys(openapi.paths).find((path) => path.includes("/predict/flight-delay"));
    prove(
      `the model describes itself: ${String(typed)} in /openapi.json, to try at ${url}/docs`,
      typed !== undefined,
    );

    const v2 = (await get("/v2/models/flight-delay")) as { inputs: { name: string }[] };
    const names = v2.inputs.map(({ name }) => name);
    prove(
      `Open Inference clients find it too: ${names.join(", ")}`,
      names.length === Object.keys(FLIGHT).length,
    );
  },
);

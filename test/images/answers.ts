import { readFileSync } from "node:fs";

const QUESTIONS = [
  ["/predict/flight-delay", "flights.json", "application/json"],
  ["/predict/fashion", "ankle-boot.png", "image/png"],
] as const;

/** The models that {@link answersOf} asks. */
export const ASKED_MODELS = ["flight-delay", "fashion"] as const;

/** What a server answers to rows and to a picture, without what differs from call to call. @throws Error if it has no page. */
export async function answersOf(url: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const [path, file, type] of QUESTIONS) {
    const reply = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": type },
      body: readFileSync(`examples/data/${file}`),
    });
    const body = (await reply.json()) as Record<string, unknown>;
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(body)}`);
    answers.push({ model: body["model"], version: body["version"], predictions: body["predictions"] });
  }
  const page = await (await fetch(`${url}/ui/models/fashion`)).text();
  if (!page.includes('<div id="page">')) throw new Error(`no web page: ${page.slice(0, 200)}`);
  return answers;
}

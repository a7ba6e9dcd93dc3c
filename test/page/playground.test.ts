import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { picture } from "../kit/browser.ts";
import { pageSuite, skipPages as skip } from "../kit/page-suite.ts";
import { needs } from "../kit/require.ts";
import { until } from "../kit/until.ts";

const story = pageSuite();

test("a person tries a photograph and sees what it is", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.setInputFiles("input[type=file]", "examples/data/ankle-boot.png");
      await page.getByRole("button", { name: "Ask" }).click();
      const first = page.getByRole("listitem").filter({ hasText: "Ankle boot" }).first();
      await first.waitFor();
      assert.match(await first.innerText(), /100\s?%|99\.\d\s?%/);
      await picture(page, "photograph");
    },
    { path: "/ui/playground/fashion" },
  );
});

test("a picture that is dropped is taken like one that is chosen", { skip }, async () => {
  await story(
    async ({ page }) => {
      const base64 = readFileSync("examples/data/ankle-boot.png").toString("base64");
      const transfer = await page.evaluateHandle((text) => {
        const {
          DataTransfer: Transfer,
          File: OneFile,
          Uint8Array: Bytes,
        } = globalThis as unknown as {
          DataTransfer: new () => { items: { add(file: unknown): void } };
          File: new (parts: unknown[], name: string, options: object) => unknown;
          Uint8Array: Uint8ArrayConstructor;
        };
        const transferred = new Transfer();
        const bytes = Bytes.from(atob(text), (letter) => letter.charCodeAt(0));
        transferred.items.add(new OneFile([bytes], "boot.png", { type: "image/png" }));
        return transferred;
      }, base64);
      await page.getByText("Drop a file here").dispatchEvent("drop", { dataTransfer: transfer });
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByText("Ankle boot").first().waitFor();
    },
    { path: "/ui/playground/fashion" },
  );
});

/** Keeps the body of what the page asks next. */
const RECORD = `(() => {
  const before = fetch;
  globalThis.fetch = async (input, init) => {
    if (init?.body instanceof Blob) globalThis.asked = await init.body.text();
    return before(input, init);
  };
})()`;

test("a form has controls that fit the columns, and its answer the labels of the model", {
  skip,
}, async () => {
  await story(
    async ({ page, app: { predict } }) => {
      await page.getByLabel("state", { exact: true }).selectOption("KS");
      await page.getByLabel("total_day_minutes").fill("300.5");
      await page.getByLabel("account_length").fill("");
      await page.evaluate(RECORD);
      await page.getByRole("button", { name: "Ask" }).click();
      await page.locator("article").waitFor();
      const { rows } = JSON.parse(await page.evaluate("asked")) as { rows: Record<string, unknown>[] };
      assert.equal(rows[0]?.["state"], "KS");
      assert.equal(rows[0]?.["total_day_minutes"], 300.5);
      assert.ok(!("account_length" in (rows[0] ?? {})), "an empty field is a missing value");
      const { body } = await predict("churn", { rows });
      const [{ probabilities }] = body["predictions"] as [{ probabilities: Record<string, number> }];
      for (const label of Object.keys(probabilities)) {
        await page.locator("article").getByText(label, { exact: true }).waitFor();
      }
    },
    { path: "/ui/playground/churn" },
  );
});

test("pasted rows are answered row by row, and what is wrong with one is said in the server's words", {
  skip,
}, async () => {
  await story(
    async ({ page }) => {
      await page.getByRole("button", { name: "Paste" }).click();
      const area = page.getByLabel("CSV with column names, or JSON");
      await area.fill("state,total_day_minutes\nKS,100\nOH,200\n");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByText("Row 2").waitFor();
      await area.fill("state,total_day_minutes\nKS,far\n");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByText(/column "total_day_minutes": got "far"/).waitFor();
    },
    { path: "/ui/playground/churn" },
  );
});

test("two versions answer the same input side by side", { skip }, async () => {
  await story(
    async ({ page, app: { call } }) => {
      await call("POST", "/api/v1/models/churn/promote", { body: { version: 2, force: true } });
      await page.reload();
      await page.getByLabel("Against version").selectOption("1");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.getByRole("heading", { name: "Version 2" }).waitFor();
      await page.getByRole("heading", { name: "Version 1" }).waitFor();
      await picture(page, "two-versions");
    },
    { path: "/ui/playground/churn" },
  );
});

test("a text is a text", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByLabel("Text").fill("Win a free prize now! Click here, money, winner!!!");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.locator("article").getByText("spam", { exact: true }).waitFor();
    },
    { path: "/ui/playground/spam" },
  );
});

/** A number that an element of a sound or a moving picture has. */
const numberOf = async (element: Locator, name: string): Promise<number> =>
  element.evaluate((found, key) => (found as unknown as Record<string, number>)[key] ?? 0, name);

test("a picture comes from the camera as well", { skip }, async () => {
  await story(
    async ({ page }) => {
      await page.getByRole("button", { name: "Use the camera" }).click();
      const video = page.locator("video");
      await until("a picture in the camera", async () => (await numberOf(video, "videoWidth")) > 0);
      await page.getByRole("button", { name: "Take the picture" }).click();
      await page.getByRole("img", { name: "Picture" }).waitFor();
      await page.getByRole("button", { name: "Ask" }).click();
      await page.locator("article").getByText("Version 1").waitFor();
    },
    { path: "/ui/playground/fashion" },
  );
});

const SOUND = ["examples/models/voice-activity/1/model.onnx", "examples/models/voice-activity/model.json"];

test("a sound comes from a file or the microphone, and is shown with what was found in it", {
  skip: skip || needs("voice activity model"),
}, async () => {
  await story(async ({ page, app: { add, url } }) => {
    const { status, body } = await add("voice-activity", SOUND);
    assert.equal(status, 201, JSON.stringify(body));
    await page.goto(`${url}/ui/playground/voice-activity`);
    await page.setInputFiles("input[type=file]", "examples/data/speech.wav");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByRole("img", { name: "Sound with what was found in it" }).waitFor();
    assert.equal(await page.locator("article tbody tr").count(), 2);
    await page.getByRole("button", { name: "Record" }).click();
    await page.waitForTimeout(1500);
    await page.getByRole("button", { name: "Stop recording" }).click();
    const audio = page.locator("audio");
    await until("the recording", async () => (await numberOf(audio, "duration")) < 4);
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText(/^[12]\.\d+$/).waitFor();
  });
});

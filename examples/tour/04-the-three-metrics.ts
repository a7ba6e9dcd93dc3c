/** Latency, throughput and the cost of one request: on every answer, and in sum. */
import { demonstrate, prove, say } from "./kit.ts";

const FLIGHT = { origin: "ORD", destination: "MSP", distance: 334, hour: 13, dayOfWeek: 3, month: 6 };
const CLIENTS = 16;
const SECONDS = 4;

await demonstrate(
  "4  The three metrics: latency, throughput, cost of one request",
  (folder) => folder.add("flight-delay", 1, "examples/models/flight-delay/1/model.onnx"),
  async ({ predict, metric }) => {
    const one = await predict("flight-delay", { rows: [FLIGHT] });
    say(`Server-Timing: ${one.headers.get("server-timing")}`);
    say(`x-sirve-cost-us: ${one.headers.get("x-sirve-cost-us")}`);
    prove(
      "an answer says where its time went",
      /queue;dur=.*compute;dur=/.test(one.headers.get("server-timing") ?? ""),
    );

    const cpu = async () => 1e6 * (await metric("process_cpu_seconds_total"));
    const cpuBefore = await cpu();
    let billed = 0;
    let answers = 0;
    const latencies: number[] = [];
    const end = performance.now() + SECONDS * 1000;
    const client = async () => {
      while (performance.now() < end) {
        const sentAt = performance.now();
        const { headers } = await predict("flight-delay", { rows: [FLIGHT] });
        latencies.push(performance.now() - sentAt);
        billed += Number(headers.get("x-sirve-cost-us"));
        answers += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const used = (await cpu()) - cpuBefore;
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (q: number) => (sorted[Math.floor(q * (sorted.length - 1))] ?? 0).toFixed(2);
    say(`latency     p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (the clients share this process)`);
    say(`throughput  ${(answers / SECONDS).toFixed(0)} requests a second from ${CLIENTS} clients`);
    say(`cost        ${(billed / answers).toFixed(0)} µs of CPU a request`);
    const share = billed / used;
    say(
      `the bills add up to ${(billed / 1e6).toFixed(3)} s, the process used ${(used / 1e6).toFixed(3)} s: ${(100 * share).toFixed(1)} %`,
    );
    prove(
      "the sum of all bills is the CPU time of the process, but for a few percent at the edges",
      Math.abs(share - 1) < 0.1,
    );
    const counted = await metric("sirve_requests_total", 'model="flight-delay"');
    prove("the counters know every request", counted === answers + 1);
  },
);

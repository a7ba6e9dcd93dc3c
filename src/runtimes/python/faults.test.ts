import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { childProcesses } from "../../../test/kit/child-processes.ts";
import { needs } from "../../../test/kit/require.ts";
import { until } from "../../../test/kit/until.ts";
import { PlatformError } from "../../base/index.ts";
import type { Session } from "../contract.ts";
import { PrivateFolder } from "./private-folder.ts";
import { groupUses } from "./process-group.ts";
import { handlerOf, row, valuesOf, withPython } from "./python-kit.suite.ts";

const skip = needs("python");

/** Answers its own process id where `x` is 0; does what a number stands for otherwise. */
const FAULTY = handlerOf(
  `
what = inputs["x"].tolist()[0][0]
if what == 100: os.kill(os.getpid(), signal.SIGKILL)
if what == 101: print("last words"); os._exit(3)
if what == 102:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True: pass
if what == 103:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    time.sleep(600)
if what == 104:
    for _ in range(200): print("flood " * 50000)
if what == 105:
    os.write(10, b"this is no frame")
    time.sleep(600)
if what == 106: subprocess.Popen(["sleep", "600"])
if what == 107: kept.append(bytearray(os.urandom(1) * (40 << 20)))
if what == 108: os.write(10, struct.pack("<II", 2, 0xffffffff) + b"{}"); time.sleep(600)
return {"y": [[os.getpid()]]}`.trim(),
  { head: "import os, signal, struct, subprocess, time\nkept = []", shape: "[1, 1]" },
);

const KILL = 100;
const EXIT = 101;
const HANG = 102;
const FORK = 103;
const FLOOD = 104;
const GARBAGE = 105;
const SLEEPER = 106;
const LEAK = 107;
const HUGE_FRAME = 108;

const ask = async (session: Session, what: number) =>
  valuesOf((await session.start([row(what)]).done).outputs)[0];

const failure = async (session: Session, what: number): Promise<PlatformError> => {
  const thrown: unknown = await ask(session, what).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof PlatformError);
  return thrown;
};

const workers = () => childProcesses(process.pid, /worker\/main\.py/);
const isGroupGone = async (pid: number | undefined) => !(await groupUses()).has(pid ?? -1);
const shared = () => readdirSync("/dev/shm").filter((name) => name.startsWith("sirve-"));

test("a process that dies in a call fails it with the cause, and the next call is answered by another", {
  skip,
}, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": FAULTY });
    const killed = await failure(session, KILL);
    assert.equal(killed.code, "unavailable");
    assert.match(killed.message, /was killed by SIGKILL/);
    const first = await ask(session, 0);
    const ended = await failure(session, EXIT);
    assert.match(ended.message, /ended with exit code 3/);
    assert.doesNotMatch(ended.message, /last words/);
    assert.match((ended.cause as Error).message, /last words/);
    assert.notEqual(await ask(session, 0), first);
  });
  assert.deepEqual(workers(), []);
});

test("a call that is stopped ends its process, even one that ignores SIGTERM", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": FAULTY });
    const pid = await ask(session, 0);
    const run = session.start([row(HANG)]);
    setTimeout(() => run.terminate(), 100);
    await assert.rejects(run.done, { code: "cancelled" });
    assert.notEqual(await ask(session, 0), pid);
    await until("its end", async () => isGroupGone(pid));
  });
});

test("a waiting call that is stopped takes no process with it", { skip }, async () => {
  await withPython(
    async ({ load }) => {
      const session = await load({ "handler.py": FAULTY });
      const pid = await ask(session, 0);
      const hanging = session.start([row(HANG)]);
      const waiting = session.start([row(0)]);
      waiting.terminate();
      await assert.rejects(waiting.done, { code: "cancelled" });
      assert.deepEqual(workers(), [pid]);
      hanging.terminate();
      await assert.rejects(hanging.done, { code: "cancelled" });
    },
    { lanes: 1 },
  );
});

test("a process that multiplies is ended with all its children", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": FAULTY }, { python: { maxProcesses: 8 } });
    const pid = await ask(session, 0);
    const forked = await failure(session, FORK);
    assert.match(forked.message, /processes, more than python\.maxProcesses allows \(8\)/);
    await until("the end of its children", async () => isGroupGone(pid));
    assert.equal(typeof (await ask(session, 0)), "number");
  });
});

test("a version that multiplies while it loads is ended as well", { skip }, async () => {
  const bomb =
    "import os, time\nfor _ in range(100):\n    if os.fork() == 0:\n        time.sleep(600)\ntime.sleep(600)";
  await withPython(async ({ load }) => {
    await assert.rejects(
      load({ "handler.py": bomb }, { python: { maxProcesses: 8 } }),
      /more than python\.maxProcesses/,
    );
    assert.deepEqual(workers(), []);
  });
});

test("what a process started ends with it", { skip }, async () => {
  let pid: number | undefined;
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": FAULTY });
    pid = await ask(session, SLEEPER);
  });
  await until("the end of its child", async () => isGroupGone(pid));
});

test("a flood of output neither blocks a call nor is kept", { skip }, async () => {
  await withPython(async ({ load, printed }) => {
    const session = await load({ "handler.py": FAULTY });
    assert.equal(typeof (await ask(session, FLOOD)), "number");
    assert.ok(printed().length < 10_000_000, `${printed().length}`);
  });
});

test("bytes that are no frame end the process, and not the server", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": FAULTY });
    for (const what of [GARBAGE, HUGE_FRAME]) {
      const broken = await failure(session, what);
      assert.equal(broken.code, "unavailable");
      assert.match(broken.message, /does not keep to the protocol/);
    }
    assert.equal(typeof (await ask(session, 0)), "number");
  });
});

test("a process is replaced after its calls, or once it has grown, and no call notices", {
  skip,
}, async () => {
  await withPython(async ({ load }) => {
    const byCalls = await load({ "handler.py": FAULTY }, { python: { maxRequests: 3 } });
    const pids = new Set<number | undefined>();
    for (let i = 0; i < 12; i++) pids.add(await ask(byCalls, 0));
    assert.ok(pids.size >= 4, `${pids.size}`);
    const byMemory = await load({ "handler.py": FAULTY }, { python: { maxMemoryBytes: 100 << 20 } });
    const grown = new Set<number | undefined>();
    for (let i = 0; i < 8; i++) grown.add(await ask(byMemory, LEAK));
    assert.ok(grown.size >= 2, `${grown.size}`);
  });
});

test("runs under way at once have a process each, up to the lanes", { skip }, async () => {
  const code = handlerOf('time.sleep(0.3)\nreturn {"y": [[os.getpid()]]}', {
    head: "import os, time",
    shape: "[1, 1]",
  });
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": code });
    const pids = await Promise.all(Array.from({ length: 8 }, async () => ask(session, 0)));
    assert.equal(new Set(pids).size, 2);
    const alone = await load({ "handler.py": code }, { instances: 1 });
    const same = await Promise.all(Array.from({ length: 3 }, async () => ask(alone, 0)));
    assert.equal(new Set(same).size, 1);
  });
});

test("a version that does not load says why in the user's own words, and nothing of it stays", {
  skip,
}, async () => {
  const reasons: readonly (readonly [code: string, reason: RegExp])[] = [
    [
      "import nothing_like_this",
      /cannot be loaded: ModuleNotFoundError: No module named 'nothing_like_this'/,
    ],
    ["def predict(", /cannot be loaded: SyntaxError/],
    ["x = 1", /no function predict/],
    ["def predict(inputs, state): pass", /it declares no inputs, such as inputs = /],
    [handlerOf("pass", { shape: '"four"' }), /inputs\.x\.shape is null/],
    ["import os; os.abort()", /was ended by SIGABRT/],
    ["import sys; sys.exit('enough')", /SystemExit: enough/],
    [handlerOf("pass", { head: "def load(context): raise OSError('no weights')" }), /OSError: no weights/],
  ];
  await withPython(async ({ load }) => {
    for (const [code, reason] of reasons) await assert.rejects(load({ "handler.py": code }), reason);
    assert.deepEqual(workers(), []);
  });
});

test("a slow start succeeds within its time, and is ended after it", { skip }, async () => {
  const slow = (seconds: number) =>
    handlerOf('return {"y": inputs["x"]}', {
      head: `import time\ndef load(context):\n    print("loading")\n    time.sleep(${seconds})`,
    });
  await withPython(
    async ({ load }) => {
      const session = await load({ "handler.py": slow(1) });
      assert.equal(await ask(session, 5), 5);
      await assert.rejects(load({ "handler.py": slow(600) }), /was not loaded after 6000 ms/);
    },
    { loadTimeoutMs: 6000 },
  );
  assert.deepEqual(workers(), []);
});

test("a version whose processes cannot start again says so, and does not keep calls waiting", {
  skip,
}, async () => {
  const code = handlerOf(
    'os._exit(1) if inputs["x"].tolist()[0][0] == 100 else None\nreturn {"y": inputs["x"]}',
    {
      head: "import os, pathlib\nflag = pathlib.Path(__file__).with_name('flag')\nif flag.exists(): raise OSError('flag is there')",
    },
  );
  await withPython(async ({ load, folder }) => {
    const session = await load({ "handler.py": code });
    mkdirSync(join(folder, "1", "flag"));
    await assert.rejects(ask(session, KILL), /exit code 1/);
    await assert.rejects(ask(session, 1), /does not start again: .*OSError: flag is there/);
    rmSync(join(folder, "1", "flag"), { recursive: true });
    await until("another process", async () => (await ask(session, 1).catch(() => 0)) === 1);
  });
});

test("nothing is left in shared memory or among temporary files", { skip }, async () => {
  const before = shared();
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": handlerOf('return {"y": inputs["x"]}') });
    await session.start([row(...Array.from({ length: 100_000 }, () => 1))]).done;
    assert.deepEqual(shared(), before);
  });
  const mine = readdirSync(tmpdir()).filter(
    (name) => /^sirve-python-\d+-/.test(name) && name.includes(`-${process.pid}-`),
  );
  assert.deepEqual(mine, []);
});

test("temporary folders of a server that was killed are removed by the next one, and no others", {
  skip,
}, () => {
  const parent = mkdtempSync(join(tmpdir(), "sirve-test-private-"));
  const living = new PrivateFolder(parent);
  const [, space] = /sirve-python-(\d+)-/.exec(living.path) ?? [];
  mkdirSync(join(parent, `sirve-python-${space}-99999999-1-abc`, "1"), { recursive: true });
  mkdirSync(join(parent, "sirve-python-1-99999999-1-abc"));
  const next = new PrivateFolder(parent);
  assert.deepEqual(
    readdirSync(parent).toSorted(),
    [living.path, next.path, "sirve-python-1-99999999-1-abc"]
      .map((path) => path.replace(`${parent}/`, ""))
      .toSorted(),
  );
  rmSync(parent, { recursive: true });
});

/**
 * npm run bench: the bars of the app, each as a ratio within this run where it compares. Run it with nothing else running.
 * `-- --json` prints one JSON document; `--only launch,storage` picks parts; `--quick` takes fewer rounds.
 */
import { cpus, totalmem } from 'node:os';
import { prepareStage, type Stage } from '../support/stage.ts';
import { benchAppDecode } from './app/decode.ts';
import { benchLaunch } from './app/launch.ts';
import { benchLongConversation } from './app/long-conversation.ts';
import { benchLongReply } from './app/long-reply.ts';
import { benchApi } from './api.ts';
import { barsOf, type Figures } from './bars.ts';
import { benchCalibration } from './calibration.ts';
import { benchEngine } from './engine.ts';
import { benchParallel } from './parallel.ts';
import { benchRecording } from './recording.ts';
import { benchRouter } from './router.ts';
import { benchStorage } from './storage.ts';
import { benchTraces } from './traces.ts';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',') ?? [];
const wanted = (part: string): boolean => !process.argv.includes('--only') || only.includes(part);

// Standard output carries the answer alone.
const say = (text: string): void => void process.stderr.write(`${text}\n`);
console.log = say;

const prepared: Awaited<ReturnType<typeof prepareStage>>[] = [];
/** A window's stage takes a build: made for the first part that needs it. */
const onStage = async (measure: (stage: Stage) => Promise<unknown>): Promise<unknown> => {
  const held = prepared[0] ?? (await prepareStage());
  if (prepared.length === 0) prepared.push(held);
  return measure(held.stage);
};

const parts: Readonly<Record<keyof Figures, () => Promise<unknown>>> = {
  launch: () => onStage((stage) => benchLaunch(stage, quick ? 3 : 9)),
  engine: () => benchEngine({ quick }),
  parallel: () => benchParallel(quick, say),
  calibration: () => benchCalibration(),
  decode: () => onStage((stage) => benchAppDecode(stage, quick ? 5 : 9, quick ? 30 : 200)),
  conversation: () => onStage((stage) => benchLongConversation(stage, quick ? 6 : 20)),
  reply: () => onStage((stage) => benchLongReply(stage)),
  storage: () => benchStorage(),
  router: () => Promise.resolve(benchRouter()),
  traces: () => benchTraces({ quick, say }),
  recording: () => benchRecording({ quick, say }),
  api: () => benchApi({ quick, say }),
};

const figures: Record<string, unknown> = {};
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (!wanted(name)) continue;
    say(`Measuring ${name} …`);
    figures[name] = await measure();
  }
} finally {
  for (const { stop } of prepared) stop();
}
const bars = barsOf(figures as Figures);
const machine = { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() };
if (json) process.stdout.write(`${JSON.stringify({ machine, bars, figures }, null, 2)}\n`);
else
  for (const bar of bars)
    process.stdout.write(`${bar.ok ? 'holds' : 'MISSED'}  ${bar.name}: ${bar.measured} (bar ${bar.bar})\n`);
process.exit(bars.every((bar) => bar.ok) ? 0 : 1);

import type { AppDecodeFigures } from './app/decode.ts';
import type { LaunchFigures } from './app/launch.ts';
import type { LongConversationFigures } from './app/long-conversation.ts';
import type { LongReplyFigures } from './app/long-reply.ts';
import type { RouterFigures } from '../../electron/cli/bench/router.ts';
import type { ApiFigures } from './api.ts';
import type { CalibrationBench } from './calibration.ts';
import type { EngineBench } from './engine.ts';
import type { ParallelBench } from './parallel.ts';
import type { RecordingCost, RecordingFigures } from './recording.ts';
import type { StorageBench } from './storage.ts';
import type { TracesFigures } from './traces.ts';

/** What was measured; a part that was not asked for is absent. */
export interface Figures {
  readonly launch?: LaunchFigures;
  readonly engine?: EngineBench;
  readonly parallel?: ParallelBench;
  readonly calibration?: CalibrationBench;
  readonly decode?: AppDecodeFigures;
  readonly conversation?: LongConversationFigures;
  readonly reply?: LongReplyFigures;
  readonly storage?: StorageBench;
  readonly router?: RouterFigures;
  readonly traces?: TracesFigures;
  readonly recording?: RecordingFigures;
  readonly api?: ApiFigures;
}

export interface Bar {
  readonly name: string;
  readonly measured: number;
  readonly bar: string;
  readonly ok: boolean;
}

/** The bars of what was measured, in the order a person meets them. */
export function barsOf({
  launch,
  engine,
  parallel,
  calibration,
  decode,
  conversation,
  reply,
  storage,
  router,
  traces,
  recording,
  api,
}: Figures): Bar[] {
  return [
    ...(launch
      ? [
          most('launch to typing-ready over an empty window', launch.ratio, 1.5),
          most('main process, private MB', launch.mainPrivateMb, 150),
          most('all processes, private MB', launch.allPrivateMb, 450),
        ]
      : []),
    ...(engine
      ? [
          least('starter decode over direct', engine.starterDecode.ratio, 0.97),
          least('190 MB decode over direct', engine.randomDecode.ratio, 0.97),
          least('190 MB decode over the default threads', engine.randomDecode.timesDefault, 50),
          most('second turn first token over direct', engine.secondTurn.ratio, 1.1),
        ]
      : []),
    ...(parallel
      ? [
          least('decode over the better engine', parallel.ratios.decodeTokensPerSecond, 0.97),
          least('prefill over the better engine', parallel.ratios.prefillTokensPerSecond, 0.97),
          most('cold first token over the best engine', parallel.ratios.coldFirstMs, 1.05),
          most('warm first token over the best engine', parallel.ratios.warmFirstMs, 1.1),
          least('8 at once over the better engine', parallel.ratios.parallelTokensPerSecond, 1),
        ]
      : []),
    ...(calibration
      ? [
          least('calibrated threads over the best count', calibration.idle.overBest, 0.95),
          least('calibrated threads over the best count, one core busy', calibration.loaded.overBest, 0.95),
          most('calibrating, ms', Math.max(calibration.idle.calibrateMs, calibration.loaded.calibrateMs), 10_000),
          least('speed 5 s after load appears over the best then', calibration.recovery, 0.8),
        ]
      : []),
    ...(decode
      ? [
          least('190 MB decode through the window over direct', decode.ratio, 0.97),
          most('overhead of a turn, p99 ms', decode.overheadP99Ms, 10),
        ]
      : []),
    ...(conversation
      ? [
          most('10,000 messages open, p95 ms', conversation.openP95Ms, 500),
          most('elements on the page', conversation.domNodes, 1_500),
          most('scroll, p95 ms between frames', conversation.scroll.frameP95Ms, 16.7),
        ]
      : []),
    ...(reply
      ? [
          most('tasks over 50 ms in a 3,000-line reply', reply.longTasks.length, 0),
          most('typing meanwhile, p95 ms', reply.typingP95Ms, 50),
        ]
      : []),
    ...(router
      ? [
          most('decision among 50 models, p50 ms', router.decideMs.p50, 0.2),
          most('decision among 50 models, p99 ms', router.decideMs.p99, 1),
          most('looking at 1,000,000 characters, p50 ms', router.longFeaturesMs.p50, 1),
        ]
      : []),
    ...(storage ? [most('search in 100,000 messages, p95 ms', storage.searchP95Ms, 100)] : []),
    ...(traces ? tracesBars(traces) : []),
    ...(recording ? recordingBars(recording) : []),
    ...(api ? apiBars(api) : []),
  ];
}

const tracesBars = (figures: TracesFigures): Bar[] => {
  const of = `of ${figures.traces.toLocaleString('en')} traces`;
  return [
    most(`first page ${of}, p95 ms`, figures.firstPageP95Ms, 50),
    most(`slowest filter ${of}, p95 ms (${figures.slowestFilter})`, figures.filterP95Ms, 200),
    most(`30 days of dashboard ${of}, p95 ms`, figures.dashboardP95Ms, 200),
    most('trace of 5,000 steps opens, p95 ms', figures.longTraceP95Ms, 150),
    most(`bytes a step ${of}`, figures.bytesPerSpan, 1200),
    most('gaps of a streamed answer grow meanwhile, p99 ms', figures.gapGrowthP99Ms, 5),
  ];
};

const recordingBars = ({ localTurns, cachedTurns, cachedCalls }: RecordingFigures): Bar[] => {
  const between = ({ addedMs: { low, high } }: RecordingCost): string => `(${low} to ${high})`;
  const { median, low, high } = localTurns.addedPercent;
  return [
    most(
      `recording adds to a turn of ${localTurns.withoutMs} ms with the starter model, % (${low} to ${high})`,
      median,
      1,
    ),
    most(`recording adds to a turn from the cache, ms ${between(cachedTurns)}`, cachedTurns.addedMs.median, 0.3),
    most(`recording adds to a call from the cache, ms ${between(cachedCalls)}`, cachedCalls.addedMs.median, 0.3),
  ];
};

/**
 * What the local API adds to a streamed call. Where 16 or 64 callers ask a provider that never pauses, the cores are full and
 * every side waits for the others: there only the comparison with the peer means anything.
 */
const apiBars = ({ atOnce }: ApiFigures): Bar[] =>
  atOnce.flatMap(({ concurrent, paced, added, peerAdded }) => {
    const what = `${concurrent} ${paced ? 'paced ' : ''}stream${concurrent === 1 ? '' : 's'}`;
    const own = paced || concurrent === 1;
    return [
      ...(own ? [most(`local API adds to ${what}, p50 ms`, added.totalMs.p50, 1.5)] : []),
      ...(own ? [most(`local API adds to ${what}, p99 ms`, added.totalMs.p99, 5)] : []),
      ...(peerAdded
        ? [most(`local API adds to ${what}, p50 less the peer's`, added.totalMs.p50 - peerAdded.totalMs.p50, 0)]
        : []),
    ];
  });

const most = (name: string, measured: number, bar: number): Bar => ({
  name,
  measured,
  bar: `<= ${bar}`,
  ok: measured <= bar,
});
const least = (name: string, measured: number, bar: number): Bar => ({
  name,
  measured,
  bar: `>= ${bar}`,
  ok: measured >= bar,
});

import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, factor, figure, ms, usual } from './usual.ts';

/** So much longer than usual is slow … */
const SLOWER = 1.5;
/** … and by so much that a person feels it, in ms. */
const FELT_MS = 300;
/** Slow to anybody, whatever is usual, in ms. */
const LONG_MS = 15_000;

interface Part {
  readonly ms: number;
  /** null = nobody's fault: the model had to be loaded. */
  readonly origin: FaultOrigin | null;
  readonly confident: boolean;
  readonly because: string;
  readonly tries: readonly string[];
  readonly evidence: readonly DiagnosisEvidence[];
}

/** Where the time went beyond what is usual, largest part first. */
function partsOf(trace: Trace, { sameModel, anyModel }: TraceNeighbours): Part[] {
  const attempts = attemptsOf(trace);
  const last = attempts.at(-1);
  const inside = (kind: string) => trace.spans.find((span) => span.kind === kind && span.parentId === last?.id);
  const parts: Part[] = [];
  const add = (part: Part): void => void (part.ms >= FELT_MS / 2 && parts.push(part));

  const lost = attempts.filter(
    (span) => span !== last && (span.fault !== null || span.attributes['action'] !== 'dropped'),
  );
  if (last && lost.length > 0) {
    const beganMs = Math.min(...lost.map(({ startMs }) => startMs));
    const [first] = lost;
    const origin = first?.fault?.origin ?? 'infrastructure';
    add({
      ms: last.startMs - beganMs,
      origin,
      confident: first?.fault !== null,
      because: say(`diagnosis.because.${lost.length === 1 ? 'attempt' : 'attempts'}_lost`, {
        time: ms(last.startMs - beganMs),
        count: lost.length,
      }),
      tries: [say('diagnosis.try.fall_sooner'), say('diagnosis.try.health')],
      evidence: lost.map((span) => ({
        kind: 'step',
        text: span.fault
          ? say('diagnosis.step', { step: span.name, words: span.fault.detail })
          : say('diagnosis.step.no_answer', { step: span.name }),
        spanId: span.id,
      })),
    });
  }
  const waits = trace.spans.filter(({ kind }) => kind === 'queue');
  const queuedMs = waits.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  add({
    ms: queuedMs,
    origin: 'infrastructure',
    confident: true,
    because: say('diagnosis.because.waited', { time: ms(queuedMs) }),
    tries: [say('diagnosis.try.fewer_things'), say('diagnosis.try.add_provider')],
    evidence: waits.map((span) => ({
      kind: 'step',
      text: say('diagnosis.step.time', { step: span.name, time: ms(span.durationMs ?? 0) }),
      spanId: span.id,
    })),
  });
  // A load that was given up and made smaller is a step of its own.
  const loads = trace.spans.filter(({ kind, parentId }) => kind === 'load' && parentId === last?.id);
  const loadMs = loads.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  add({
    ms: loadMs,
    origin: null,
    confident: true,
    because: say('diagnosis.because.loaded', { time: ms(loadMs) }),
    tries: [say('diagnosis.try.keep_loaded'), say('diagnosis.try.load_ahead'), say('diagnosis.try.fewer_local')],
    evidence: loads.map(({ id, name, durationMs }) => ({
      kind: 'step',
      text: say('diagnosis.step.time', { step: name, time: ms(durationMs ?? 0) }),
      spanId: id,
    })),
  });

  const startMs = last?.startMs ?? 0;
  const firstMs =
    trace.firstTokenMs === null ? null : trace.firstTokenMs - startMs - loadMs - (inside('queue')?.durationMs ?? 0);
  const usualFirst = usual(sameModel, ({ firstTokenMs }) => firstTokenMs);
  const usualIn = usual(sameModel, ({ tokensIn, tokensCached }) => Math.max(1, tokensIn - tokensCached));
  const freshIn = trace.tokensIn - trace.tokensCached;
  if (firstMs !== null) {
    const beyond = firstMs - (usualFirst ?? 0);
    const longer = usualIn === null ? null : freshIn / usualIn;
    const prefill = inside('prefill') ?? last;
    const step: DiagnosisEvidence[] = prefill
      ? [
          {
            kind: 'step',
            text: say('diagnosis.step.first_word', { step: prefill.name, time: ms(firstMs) }),
            spanId: prefill.id,
          },
        ]
      : [];
    if (longer !== null && longer >= 2)
      add({
        ms: beyond,
        origin: 'prompt',
        confident: beyond / Math.max(1, usualFirst ?? 1) < longer * 2,
        because: say('diagnosis.because.long_read', { factor: factor(longer), tokens: freshIn }),
        tries: [say('diagnosis.try.shorten_or_new'), say('diagnosis.try.faster_long')],
        evidence: [...step, { kind: 'usual', text: say('diagnosis.usual.read', { usual: Math.round(usualIn ?? 0) }) }],
      });
    else
      add({
        ms: beyond,
        origin: 'infrastructure',
        confident: usualFirst !== null,
        because:
          usualFirst === null
            ? say('diagnosis.because.first_word', { time: ms(firstMs) })
            : say('diagnosis.because.first_word_usually', { time: ms(firstMs), span: ms(usualFirst) }),
        tries: [say('diagnosis.try.busy'), say('diagnosis.try.later')],
        evidence: [
          ...step,
          ...(usualFirst === null
            ? []
            : [{ kind: 'usual' as const, text: say('diagnosis.usual.first_word', { time: ms(usualFirst) }) }]),
        ],
      });
  }

  const stream = inside('stream');
  const decodeMs = stream?.durationMs ?? 0;
  const usualSpeed = usual(sameModel, ({ tokensPerSecond }) => tokensPerSecond);
  const usualOut = usual(sameModel, ({ tokensOut }) => tokensOut);
  const speed = trace.tokensPerSecond ?? (decodeMs > 0 ? (trace.tokensOut / decodeMs) * 1000 : null);
  const stalled = figure(stream, 'gapMaxMs');
  const step: DiagnosisEvidence[] = stream
    ? [
        {
          kind: 'step',
          text: say('diagnosis.step.tokens', { step: stream.name, time: ms(decodeMs), tokens: trace.tokensOut }),
          spanId: stream.id,
        },
      ]
    : [];
  if (stalled !== null && stalled >= Math.max(FELT_MS, decodeMs / 3))
    add({
      ms: stalled,
      origin: 'infrastructure',
      confident: true,
      because: say('diagnosis.because.stalled', { time: ms(stalled) }),
      tries: [say('diagnosis.try.health'), say('diagnosis.try.silence')],
      evidence: step,
    });
  if (speed !== null && usualSpeed !== null && speed <= usualSpeed / SLOWER)
    add({
      ms: decodeMs * (1 - speed / usualSpeed),
      origin: 'infrastructure',
      confident: true,
      because: say('diagnosis.because.slow_writing', { speed: speed.toFixed(1), usual: usualSpeed.toFixed(1) }),
      tries: [say('diagnosis.try.other_program'), say('diagnosis.try.measure')],
      evidence: [...step, { kind: 'usual', text: say('diagnosis.usual.speed', { usual: usualSpeed.toFixed(1) }) }],
    });
  else if (usualOut !== null && trace.tokensOut >= 2 * usualOut)
    add({
      ms: decodeMs * (1 - usualOut / trace.tokensOut),
      origin: 'prompt',
      confident: false,
      because: say('diagnosis.because.long_answer', {
        factor: factor(trace.tokensOut / Math.max(1, usualOut)),
        tokens: trace.tokensOut,
      }),
      tries: [say('diagnosis.try.shorter_answer_prompt'), say('diagnosis.try.set_limit')],
      evidence: [...step, { kind: 'usual', text: say('diagnosis.usual.answer', { usual: Math.round(usualOut) }) }],
    });
  const anySpeed = usual(
    anyModel.filter(({ modelId }) => modelId !== trace.modelId),
    ({ tokensPerSecond }) => tokensPerSecond,
  );
  if (
    speed !== null &&
    anySpeed !== null &&
    usualSpeed !== null &&
    speed > usualSpeed / SLOWER &&
    speed <= anySpeed / 2
  )
    add({
      ms: decodeMs * (1 - speed / anySpeed),
      origin: 'model',
      confident: true,
      because: say('diagnosis.because.slow_model', { speed: speed.toFixed(1), usual: anySpeed.toFixed(1) }),
      tries: [say('diagnosis.try.faster')],
      evidence: [...step, { kind: 'usual', text: say('diagnosis.usual.as_fast') }],
    });
  return parts.sort((a, b) => b.ms - a.ms);
}

/** Why a turn took longer than turns usually do here; null when it did not. */
export function diagnoseSlow(trace: Trace, neighbours: TraceNeighbours): Diagnosis | null {
  const { durationMs } = trace;
  if (durationMs === null || trace.route === 'cached') return null;
  const own = usual(neighbours.sameModel, (row) => row.durationMs);
  const all = usual(neighbours.anyModel, (row) => row.durationMs);
  const slow = [own, all].some(
    (value) => value !== null && durationMs >= value * SLOWER && durationMs - value >= FELT_MS,
  );
  if (!slow && durationMs < LONG_MS) return null;
  const [first, second] = partsOf(trace, neighbours);
  const compared = own ?? all;
  const took = (because: string): string =>
    compared === null
      ? say('diagnosis.took.because', { time: ms(durationMs), because })
      : say('diagnosis.took.usually', { time: ms(durationMs), span: ms(compared), because });
  if (!first) {
    return {
      about: 'slow',
      origin: null,
      confident: false,
      sentence: took(say('diagnosis.because.unknown')),
      evidence: [],
      tries: [],
    };
  }
  const clear = !second || second.origin === first.origin || first.ms >= 1.5 * second.ms;
  return {
    about: first.origin === null ? 'loading' : 'slow',
    origin: first.origin,
    confident: first.confident && clear,
    sentence: took(first.because),
    evidence: [...first.evidence, ...(second ? second.evidence.slice(0, 1) : [])],
    tries: [...first.tries],
  };
}

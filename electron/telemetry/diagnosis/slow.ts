import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, figure, ms, times, usual } from './usual.ts';

/** So much longer than usual is slow … */
const SLOWER = 1.5;
/** … and by so much that a person feels it, in ms. */
const FELT_MS = 300;
/** Slow to anybody, whatever is usual, in ms. */
const LONG_MS = 15_000;

interface Part {
  readonly ms: number;
  readonly origin: FaultOrigin;
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
      because: `${ms(last.startMs - beganMs)} went to ${lost.length === 1 ? 'an attempt' : `${lost.length} attempts`} that failed first`,
      tries: ['Let the policy fall to another provider sooner.', 'Look at the provider’s health under Models.'],
      evidence: lost.map((span) => ({
        kind: 'step',
        text: `${span.name}: ${span.fault?.detail ?? 'no answer'}`,
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
    because: `it waited ${ms(queuedMs)} for other answers to end`,
    tries: ['Ask fewer things at once.', 'Add a provider, or a second model.'],
    evidence: waits.map((span) => ({
      kind: 'step',
      text: `${span.name}: ${ms(span.durationMs ?? 0)}`,
      spanId: span.id,
    })),
  });
  const load = inside('load');
  const loadMs = load?.durationMs ?? 0;
  add({
    ms: loadMs,
    origin: 'infrastructure',
    confident: true,
    because: `the model had to be loaded first, which took ${ms(loadMs)}`,
    tries: ['Raise the time after which a model is unloaded.', 'Use fewer local models in turn.'],
    evidence: load ? [{ kind: 'step', text: `${load.name}: ${ms(loadMs)}`, spanId: load.id }] : [],
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
      ? [{ kind: 'step', text: `${prefill.name}: first word after ${ms(firstMs)}`, spanId: prefill.id }]
      : [];
    if (longer !== null && longer >= 2)
      add({
        ms: beyond,
        origin: 'prompt',
        confident: beyond / Math.max(1, usualFirst ?? 1) < longer * 2,
        because: `the prompt was ${times(longer)} as long as usual (${freshIn} tokens to read)`,
        tries: ['Shorten the prompt or begin a new conversation.', 'Choose a faster model for long prompts.'],
        evidence: [
          ...step,
          { kind: 'usual', text: `${Math.round(usualIn ?? 0)} tokens to read are usual for this model.` },
        ],
      });
    else
      add({
        ms: beyond,
        origin: 'infrastructure',
        confident: usualFirst !== null,
        because:
          usualFirst === null
            ? `the first word took ${ms(firstMs)}`
            : `the first word took ${ms(firstMs)}, usually ${ms(usualFirst)}, for a prompt of the usual length`,
        tries: ['Look whether this machine or the provider is busy.', 'Try again later, or choose another model.'],
        evidence: [
          ...step,
          ...(usualFirst === null
            ? []
            : [{ kind: 'usual' as const, text: `The first word usually comes after ${ms(usualFirst)}.` }]),
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
    ? [{ kind: 'step', text: `${stream.name}: ${ms(decodeMs)} for ${trace.tokensOut} tokens`, spanId: stream.id }]
    : [];
  if (stalled !== null && stalled >= Math.max(FELT_MS, decodeMs / 3))
    add({
      ms: stalled,
      origin: 'infrastructure',
      confident: true,
      because: `nothing came for ${ms(stalled)} in the middle of the answer`,
      tries: ['Look at the provider’s health under Models.', 'Lower the deadline for silence in the policy.'],
      evidence: step,
    });
  if (speed !== null && usualSpeed !== null && speed <= usualSpeed / SLOWER)
    add({
      ms: decodeMs * (1 - speed / usualSpeed),
      origin: 'infrastructure',
      confident: true,
      because: `it wrote ${speed.toFixed(1)} tokens a second, usually ${usualSpeed.toFixed(1)}`,
      tries: ['Look whether another program keeps this machine busy.', 'Measure the model again under Models.'],
      evidence: [
        ...step,
        { kind: 'usual', text: `${usualSpeed.toFixed(1)} tokens a second are usual for this model.` },
      ],
    });
  else if (usualOut !== null && trace.tokensOut >= 2 * usualOut)
    add({
      ms: decodeMs * (1 - usualOut / trace.tokensOut),
      origin: 'prompt',
      confident: false,
      because: `the answer was ${times(trace.tokensOut / Math.max(1, usualOut))} as long as usual (${trace.tokensOut} tokens)`,
      tries: ['Ask for a shorter answer, in the question or in the prompt.', 'Set a limit of tokens.'],
      evidence: [
        ...step,
        { kind: 'usual', text: `${Math.round(usualOut)} tokens are usual for an answer of this model.` },
      ],
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
      because: `this model writes ${speed.toFixed(1)} tokens a second, others here ${anySpeed.toFixed(1)}`,
      tries: ['Choose a faster model, or give latency more weight in the policy.'],
      evidence: [...step, { kind: 'usual', text: 'It is as fast as it usually is.' }],
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
  const took = compared === null ? `It took ${ms(durationMs)}` : `It took ${ms(durationMs)}, usually ${ms(compared)}`;
  if (!first) {
    return {
      about: 'slow',
      origin: null,
      confident: false,
      sentence: `${took}: not enough evidence to say why.`,
      evidence: [],
      tries: [],
    };
  }
  const clear = !second || second.origin === first.origin || first.ms >= 1.5 * second.ms;
  return {
    about: 'slow',
    origin: first.origin,
    confident: first.confident && clear,
    sentence: `${took}: ${first.because}.`,
    evidence: [...first.evidence, ...(second ? second.evidence.slice(0, 1) : [])],
    tries: [...first.tries],
  };
}

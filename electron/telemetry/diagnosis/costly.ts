import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, factor, figure, usd, usual } from './usual.ts';

/** So many times the usual cost is dear, and never less than this, in USD. */
const DEARER = 2;
const LEAST_USD = 0.001;

interface Cause {
  readonly factor: number;
  readonly origin: FaultOrigin;
  readonly confident: boolean;
  readonly because: string;
  readonly tries: readonly string[];
  readonly evidence: readonly DiagnosisEvidence[];
}

/** Why a turn cost more than turns usually do here; null when it did not. */
export function diagnoseCostly(trace: Trace, { sameModel, anyModel }: TraceNeighbours): Diagnosis | null {
  if (trace.costUsd < LEAST_USD) return null;
  const paid = [...sameModel, ...anyModel].filter(({ costUsd }) => costUsd > 0);
  const own = usual(sameModel, ({ costUsd }) => costUsd);
  const all = usual(paid, ({ costUsd }) => costUsd);
  const compared = [own, all].filter((value) => value !== null && trace.costUsd >= value * DEARER);
  const base = compared.length === 0 ? null : Math.min(...compared.map(Number));
  if (base === null) return null;

  const attempts = attemptsOf(trace);
  const last = attempts.findLast(({ fault }) => fault === null) ?? attempts.at(-1);
  const causes: Cause[] = [];
  const beside = attempts.filter((span) => span !== last);
  const besideUsd = beside.reduce((sum, span) => sum + (figure(span, 'costUsd') ?? 0), 0);
  if (besideUsd > 0)
    causes.push({
      factor: trace.costUsd / Math.max(1e-9, trace.costUsd - besideUsd),
      origin: beside.find(({ fault }) => fault)?.fault?.origin ?? 'infrastructure',
      confident: true,
      because: say(`diagnosis.because.${beside.length === 1 ? 'attempt' : 'attempts'}_paid`, { usd: usd(besideUsd) }),
      tries: [say('diagnosis.try.fewer_retries')],
      evidence: beside.map((span) => ({
        kind: 'step',
        text: say('diagnosis.step.usd', { step: span.name, usd: usd(figure(span, 'costUsd') ?? 0) }),
        spanId: span.id,
      })),
    });
  const usualIn = usual(sameModel, ({ tokensIn }) => tokensIn);
  const usualOut = usual(sameModel, ({ tokensOut }) => tokensOut);
  if (usualIn !== null && trace.tokensIn >= DEARER * usualIn)
    causes.push({
      factor: trace.tokensIn / Math.max(1, usualIn),
      origin: 'prompt',
      confident: true,
      because: say('diagnosis.because.long_prompt', {
        factor: factor(trace.tokensIn / Math.max(1, usualIn)),
        tokens: trace.tokensIn,
      }),
      tries: [say('diagnosis.try.shorten_or_new'), say('diagnosis.try.summaries')],
      evidence: [{ kind: 'usual', text: say('diagnosis.usual.prompt', { usual: Math.round(usualIn) }) }],
    });
  const reasoning = figure(last, 'tokensReasoning') ?? 0;
  if (usualOut !== null && trace.tokensOut >= DEARER * usualOut)
    causes.push({
      factor: trace.tokensOut / Math.max(1, usualOut),
      origin: reasoning > trace.tokensOut / 2 ? 'model' : 'prompt',
      confident: reasoning > trace.tokensOut / 2,
      because:
        reasoning > trace.tokensOut / 2
          ? say('diagnosis.because.thought', { tokens: reasoning })
          : say('diagnosis.because.long_answer', {
              factor: factor(trace.tokensOut / Math.max(1, usualOut)),
              tokens: trace.tokensOut,
            }),
      tries: [say('diagnosis.try.set_limit'), say('diagnosis.try.shorter_answer')],
      evidence: [{ kind: 'usual', text: say('diagnosis.usual.answer', { usual: Math.round(usualOut) }) }],
    });
  const perToken = (costUsd: number, tokens: number): number | null =>
    tokens > 0 && costUsd > 0 ? costUsd / tokens : null;
  const ownPrice = perToken(trace.costUsd - besideUsd, trace.tokensIn + trace.tokensOut);
  const usualPrice = usual(
    paid.filter(({ modelId }) => modelId !== trace.modelId),
    (row) => perToken(row.costUsd, row.tokensIn + row.tokensOut),
  );
  if (ownPrice !== null && usualPrice !== null && ownPrice >= DEARER * usualPrice) {
    const chosen = trace.decision?.features['route'] === trace.modelId;
    causes.push({
      factor: ownPrice / usualPrice,
      origin: chosen ? 'user' : 'model',
      confident: true,
      because: say(`diagnosis.because.${chosen ? 'you_chose' : 'dear_model'}`, {
        name: trace.modelName ?? trace.modelId ?? '',
        factor: factor(ownPrice / usualPrice),
      }),
      tries: [chosen ? say('diagnosis.try.automatic') : say('diagnosis.try.cost_weight')],
      evidence: [
        {
          kind: 'trace',
          text:
            trace.decision?.reasons[0] ??
            say('diagnosis.answered_by', { name: trace.modelName ?? trace.modelId ?? '' }),
        },
      ],
    });
  }
  causes.sort((a, b) => b.factor - a.factor);
  const [first, second] = causes;
  const cost = (because: string): string =>
    say('diagnosis.cost.usually', { usd: usd(trace.costUsd), usual: usd(base), because });
  if (!first)
    return {
      about: 'costly',
      origin: null,
      confident: false,
      sentence: cost(say('diagnosis.because.unknown')),
      evidence: [],
      tries: [],
    };
  return {
    about: 'costly',
    origin: first.origin,
    confident: first.confident && (!second || second.origin === first.origin || first.factor >= 1.5 * second.factor),
    sentence: cost(first.because),
    evidence: [...first.evidence],
    tries: [...first.tries],
  };
}

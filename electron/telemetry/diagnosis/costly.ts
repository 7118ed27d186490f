import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, figure, times, usd, usual } from './usual.ts';

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
      because: `${usd(besideUsd)} of it paid for ${beside.length === 1 ? 'an attempt' : 'attempts'} besides the answer`,
      tries: ['Lower how often the policy tries again or asks two at once.'],
      evidence: beside.map((span) => ({
        kind: 'step',
        text: `${span.name}: ${usd(figure(span, 'costUsd') ?? 0)}`,
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
      because: `the prompt was ${times(trace.tokensIn / Math.max(1, usualIn))} as long as usual (${trace.tokensIn} tokens)`,
      tries: ['Shorten the prompt or begin a new conversation.', 'Turn summaries of old turns on.'],
      evidence: [{ kind: 'usual', text: `${Math.round(usualIn)} tokens are usual for a prompt to this model.` }],
    });
  const reasoning = figure(last, 'tokensReasoning') ?? 0;
  if (usualOut !== null && trace.tokensOut >= DEARER * usualOut)
    causes.push({
      factor: trace.tokensOut / Math.max(1, usualOut),
      origin: reasoning > trace.tokensOut / 2 ? 'model' : 'prompt',
      confident: reasoning > trace.tokensOut / 2,
      because:
        reasoning > trace.tokensOut / 2
          ? `the model thought for ${reasoning} tokens before it answered`
          : `the answer was ${times(trace.tokensOut / Math.max(1, usualOut))} as long as usual (${trace.tokensOut} tokens)`,
      tries: ['Set a limit of tokens.', 'Ask for a shorter answer.'],
      evidence: [{ kind: 'usual', text: `${Math.round(usualOut)} tokens are usual for an answer of this model.` }],
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
      because: chosen
        ? `you chose ${trace.modelName ?? 'a model'}, which costs ${times(ownPrice / usualPrice)} as much a token as others here`
        : `${trace.modelName ?? 'its model'} costs ${times(ownPrice / usualPrice)} as much a token as others here`,
      tries: [chosen ? 'Choose Automatic as the route.' : 'Give cost more weight in the policy.'],
      evidence: [
        { kind: 'trace', text: trace.decision?.reasons[0] ?? `It was answered by ${trace.modelName ?? 'this model'}.` },
      ],
    });
  }
  causes.sort((a, b) => b.factor - a.factor);
  const [first, second] = causes;
  const cost = `It cost ${usd(trace.costUsd)}, usually ${usd(base)}`;
  if (!first)
    return {
      about: 'costly',
      origin: null,
      confident: false,
      sentence: `${cost}: not enough evidence to say why.`,
      evidence: [],
      tries: [],
    };
  return {
    about: 'costly',
    origin: first.origin,
    confident: first.confident && (!second || second.origin === first.origin || first.factor >= 1.5 * second.factor),
    sentence: `${cost}: ${first.because}.`,
    evidence: [...first.evidence],
    tries: [...first.tries],
  };
}

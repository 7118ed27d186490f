import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Trace, TraceRow } from '../../contract/entities/trace.ts';
import type { FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, ENOUGH, figure, percent, share, word } from './usual.ts';

const down = (row: TraceRow): boolean => row.rating === 'down';
/** So many times as often rated badly as others. */
const WORSE = 2;

/** Why an answer was rated badly; null when it was not. */
export function diagnoseRated(trace: Trace, { rated }: TraceNeighbours, fault: Diagnosis | null): Diagnosis | null {
  if (trace.rating !== 'down') return null;
  const tell = (
    origin: FaultOrigin | null,
    confident: boolean,
    because: string,
    evidence: readonly DiagnosisEvidence[],
    tries: readonly string[],
  ): Diagnosis => ({
    about: 'low-rated',
    origin,
    confident,
    sentence: `It was rated badly: ${because}.`,
    evidence: [...evidence],
    tries: [...tries],
  });

  if (fault && fault.origin !== null)
    return { ...fault, about: 'low-rated', sentence: `It was rated badly, and it did not go well: ${fault.sentence}` };
  const last = attemptsOf(trace).at(-1);
  if (word(last, 'finish') === 'length')
    return tell(
      'prompt',
      true,
      'the answer was cut off at its limit of tokens',
      last ? [{ kind: 'step', text: `${last.name} ended at the limit.`, spanId: last.id }] : [],
      ['Raise the limit of tokens for answers.'],
    );
  const fitted = trace.spans.find((span) => (figure(span, 'dropped') ?? 0) > 0);
  if (fitted)
    return tell(
      'prompt',
      true,
      `${figure(fitted, 'dropped') ?? 0} older messages did not fit and were left out`,
      [
        {
          kind: 'step',
          text: `${fitted.name}: left out ${figure(fitted, 'dropped') ?? 0} messages`,
          spanId: fitted.id,
        },
      ],
      ['Begin a new conversation.', 'Choose a model with a larger context.'],
    );

  const others = rated.filter(({ id }) => id !== trace.id);
  const worse = (mine: readonly TraceRow[], rest: readonly TraceRow[]): boolean =>
    mine.length >= ENOUGH &&
    rest.length >= ENOUGH &&
    share(mine, down) >= 0.3 &&
    share(mine, down) >= WORSE * share(rest, down);
  const by = (same: (row: TraceRow) => boolean) => ({
    mine: others.filter(same),
    rest: others.filter((row) => !same(row)),
  });
  // A prompt version is compared under the same model, a model under the same prompt: else each would answer for the other.
  const prompt = by((row) => row.promptVersionId === trace.promptVersionId);
  const model = by((row) => row.modelId === trace.modelId);
  const promptWorse =
    trace.promptVersionId !== null &&
    worse(
      prompt.mine,
      prompt.rest.filter((row) => row.modelId === trace.modelId).length >= ENOUGH
        ? prompt.rest.filter((row) => row.modelId === trace.modelId)
        : prompt.rest,
    );
  const modelWorse = worse(
    model.mine.filter((row) => !promptWorse || row.promptVersionId !== trace.promptVersionId),
    model.rest,
  );
  const figures = ({ mine, rest }: typeof prompt): DiagnosisEvidence[] => [
    {
      kind: 'similar',
      text: `${percent(share(mine, down))} of ${mine.length} such answers were rated badly, ${percent(share(rest, down))} of ${rest.length} others.`,
      traceIds: mine
        .filter(down)
        .slice(0, 5)
        .map(({ id }) => id),
    },
  ];
  if (promptWorse && !modelWorse)
    return tell(
      'prompt',
      true,
      'answers with this prompt version are rated badly far more often than others',
      figures(prompt),
      ['Go back to the version before.', 'Compare both versions under Prompts.'],
    );
  if (modelWorse && !promptWorse)
    return tell(
      'model',
      true,
      `answers of ${trace.modelName ?? 'this model'} are rated badly far more often than others`,
      figures(model),
      ['Choose another model, or lower its quality in the settings.'],
    );
  return tell(
    null,
    false,
    'not enough evidence to say why',
    [],
    ['Say why in the note of the rating.', 'Ask another model the same and compare.'],
  );
}

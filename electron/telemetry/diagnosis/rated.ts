import { say } from '../../contract/sentences/index.ts';
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
    sentence: say('diagnosis.rated.because', { because }),
    evidence: [...evidence],
    tries: [...tries],
  });

  if (fault && fault.origin !== null)
    return { ...fault, about: 'low-rated', sentence: say('diagnosis.rated.and', { words: fault.sentence }) };
  const last = attemptsOf(trace).at(-1);
  if (word(last, 'finish') === 'length')
    return tell(
      'prompt',
      true,
      say('diagnosis.because.cut_off'),
      last ? [{ kind: 'step', text: say('diagnosis.step.limit', { step: last.name }), spanId: last.id }] : [],
      [say('diagnosis.try.raise_limit')],
    );
  const fitted = trace.spans.find((span) => (figure(span, 'dropped') ?? 0) > 0);
  if (fitted)
    return tell(
      'prompt',
      true,
      say('diagnosis.because.left_out', { count: figure(fitted, 'dropped') ?? 0 }),
      [
        {
          kind: 'step',
          text: say('diagnosis.step.left_out', { step: fitted.name, count: figure(fitted, 'dropped') ?? 0 }),
          spanId: fitted.id,
        },
      ],
      [say('diagnosis.try.new_conversation'), say('diagnosis.try.larger_context')],
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
      text: say('diagnosis.rated_share', {
        share: percent(share(mine, down)),
        count: mine.length,
        other: percent(share(rest, down)),
        rest: rest.length,
      }),
      traceIds: mine
        .filter(down)
        .slice(0, 5)
        .map(({ id }) => id),
    },
  ];
  if (promptWorse && !modelWorse)
    return tell('prompt', true, say('diagnosis.because.prompt_rated'), figures(prompt), [
      say('diagnosis.try.version_before'),
      say('diagnosis.try.compare_versions'),
    ]);
  if (modelWorse && !promptWorse)
    return tell(
      'model',
      true,
      say('diagnosis.because.model_rated', { name: trace.modelName ?? trace.modelId ?? '' }),
      figures(model),
      [say('diagnosis.try.lower_quality')],
    );
  return tell(
    null,
    false,
    say('diagnosis.because.unknown'),
    [],
    [say('diagnosis.try.note'), say('diagnosis.try.ask_another')],
  );
}

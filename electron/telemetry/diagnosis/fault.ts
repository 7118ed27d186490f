import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Span, Trace, TraceRow } from '../../contract/entities/trace.ts';
import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import type { Fault, FaultCode, FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, counted, degradedReasonOf, ENOUGH, percent, providerOf, share } from './usual.ts';

interface Told extends Pick<Diagnosis, 'origin' | 'confident' | 'tries'> {
  /** A part of a sentence. */
  readonly because: string;
}

/** What to do about a fault, for the person in front of it. */
const TRIES: Readonly<Partial<Record<FaultCode, readonly string[]>>> = {
  auth: [say('diagnosis.try.key'), say('diagnosis.try.other_provider')],
  quota: [say('diagnosis.try.top_up'), say('diagnosis.try.other_or_local')],
  rate_limit: [say('diagnosis.try.fewer_at_once'), say('diagnosis.try.second_provider')],
  overloaded: [say('diagnosis.try.minute'), say('diagnosis.try.fall')],
  server_error: [say('diagnosis.try.again'), say('diagnosis.try.fall')],
  timeout: [say('diagnosis.try.again'), say('diagnosis.try.deadline')],
  network: [say('diagnosis.try.network'), say('diagnosis.try.local_meanwhile')],
  offline: [say('diagnosis.try.connect'), say('diagnosis.try.local_meanwhile')],
  not_ready: [say('diagnosis.try.loaded')],
  not_found: [say('diagnosis.try.model_name'), say('diagnosis.try.other_model')],
  context_length: [say('diagnosis.try.shorten'), say('diagnosis.try.larger_context')],
  content_filter: [say('diagnosis.try.other_words'), say('diagnosis.try.other_provider_policy')],
  invalid_request: [say('diagnosis.try.parameters')],
  malformed_output: [say('diagnosis.try.regenerate'), say('diagnosis.try.keeps_formats')],
  empty_output: [say('diagnosis.try.regenerate'), say('diagnosis.try.other_model')],
  degenerate_output: [say('diagnosis.try.warmer'), say('diagnosis.try.larger_model')],
  truncated: [say('diagnosis.try.raise_limit'), say('diagnosis.try.continue')],
  refused: [say('diagnosis.try.other_words'), say('diagnosis.try.other_model')],
  local_oom: [say('diagnosis.try.smaller'), say('diagnosis.try.close_programs')],
  gpu_lost: [say('diagnosis.try.again'), say('diagnosis.try.cpu')],
  local_crash: [say('diagnosis.try.send_again'), say('diagnosis.try.other_if_again')],
  model_file_corrupt: [say('diagnosis.try.file_again')],
  budget: [say('diagnosis.try.raise_budget'), say('diagnosis.try.use_local')],
  private_only: [say('diagnosis.try.add_local'), say('diagnosis.try.not_private')],
  no_candidate: [say('diagnosis.try.add_model'), say('diagnosis.try.automatic')],
  storage_full: [say('diagnosis.try.free_disk')],
  storage_corrupt: [say('diagnosis.try.restore')],
};

/** Codes that say by themselves who it was: nothing around the trace can make it somebody else. */
const CERTAIN = new Set<FaultCode>([
  'budget',
  'private_only',
  'context_length',
  'content_filter',
  'storage_full',
  'storage_corrupt',
  'local_oom',
  'gpu_lost',
  'local_crash',
  'overloaded',
  'server_error',
  'rate_limit',
  'network',
  'offline',
  'not_ready',
  'conflict',
  'empty_output',
  'degenerate_output',
  'refused',
  'truncated',
  'internal',
]);

/** Failures of what a model says, which a prompt can bring about as well. */
const OF_OUTPUT = new Set<FaultCode>([
  'malformed_output',
  'empty_output',
  'degenerate_output',
  'refused',
  'unverified',
]);

const firstSentence = (detail: string): string => detail.split(/(?<=[.;])\s/u)[0]?.replace(/[.;]$/u, '') ?? detail;

/** The same failure elsewhere at about that time. */
function around(fault: Fault, modelId: string | null, near: readonly TraceRow[]) {
  const provider = fault.provider?.split('/')[0] ?? providerOf(modelId);
  const ofProvider = near.filter((row) => providerOf(row.modelId) === provider && row.route !== 'cached');
  return {
    provider,
    failedToo: ofProvider.filter((row) => row.faultCode === fault.code || (row.degraded && row.status === 'ok')),
    fine: ofProvider.filter((row) => row.status === 'ok' && !row.degraded),
  };
}

function judge(fault: Fault, trace: Trace, neighbours: TraceNeighbours, evidence: DiagnosisEvidence[]): Told {
  const { code, origin } = fault;
  const modelId = fault.provider?.includes('/') ? fault.provider : trace.modelId;
  const { provider, fine } = around(fault, modelId, neighbours.near);
  const tell = (who: FaultOrigin, confident: boolean, because: string): Told => ({
    origin: who,
    confident,
    because,
    tries: [...(TRIES[code] ?? [])],
  });
  const words = firstSentence(fault.detail);

  // The provider says that a person did something wrong. Where the same provider answered others at that time, it may be wrong.
  if (origin === 'user' && ['auth', 'quota', 'not_found'].includes(code)) {
    const sameModel = fine.filter((row) => code !== 'not_found' || row.modelId === modelId);
    if (sameModel.length === 0) return tell('user', true, words);
    evidence.push({
      kind: 'similar',
      text: say(`diagnosis.${counted('went_well', sameModel.length)}`, { count: sameModel.length, provider }),
      traceIds: sameModel.slice(0, 5).map(({ id }) => id),
    });
    const after = sameModel.some((row) => row.startedAt > trace.startedAt);
    if (after) return tell('infrastructure', false, say('diagnosis.because.refused_then_took', { provider }));
    return {
      ...tell('user', false, words),
      origin: null,
      because: say('diagnosis.because.refused_though_took', { provider }),
    };
  }
  // Nobody was asked. A model that only its own trouble kept away would have answered: that trouble is the cause.
  if (['no_candidate', 'private_only', 'budget'].includes(code)) {
    const kept = (trace.decision?.candidates ?? []).filter(({ rejectedCode }) => rejectedCode !== undefined);
    const broken = kept.filter(
      ({ rejectedCode: each }) => each !== undefined && FAULT_FACTS[each].origin === 'infrastructure',
    );
    const [first] = broken;
    if (first) {
      evidence.push({
        kind: 'trace',
        text: say('reason.refusal', { name: first.modelName, words: first.rejected ?? '' }),
      });
      const told = tell(
        'infrastructure',
        code !== 'budget',
        say('diagnosis.because.not_asked', { name: first.modelName, clause: firstSentence(first.rejected ?? '') }),
      );
      return { ...told, tries: [say('diagnosis.try.moment'), say('diagnosis.try.add_another')] };
    }
    const tooLong = kept.find(({ rejectedCode: each }) => each === 'context_length');
    if (tooLong && code === 'no_candidate')
      return {
        ...tell('prompt', true, say('diagnosis.because.misfit', { name: tooLong.modelName })),
        tries: [...(TRIES.context_length ?? [])],
      };
    return tell(origin, code !== 'no_candidate' || kept.length > 0, words);
  }
  if (code === 'model_file_corrupt') return tell('user', false, words);

  if (OF_OUTPUT.has(code)) {
    const { samePrompt, sameFault } = neighbours;
    const failures = samePrompt.filter((row) => row.faultCode === code);
    const models = new Set([...failures.map((row) => row.modelId), trace.modelId]);
    const elsewhere = sameFault.filter((row) => row.promptVersionId !== trace.promptVersionId);
    if (failures.length >= 2 && models.size >= 2 && elsewhere.length < failures.length) {
      evidence.push({
        kind: 'similar',
        text: say(`diagnosis.${counted('same_way', failures.length)}`, { count: failures.length, models: models.size }),
        traceIds: failures.slice(0, 5).map(({ id }) => id),
      });
      return {
        ...tell('prompt', true, say('diagnosis.because.prompt_version')),
        tries: [say('diagnosis.try.version_before'), say('diagnosis.try.compare_versions')],
      };
    }
  }

  if (code === 'timeout') {
    const long = longPrompt(trace, neighbours.sameModel);
    if (long !== null && providerOf(modelId) === 'local') {
      evidence.push({
        kind: 'usual',
        text: say('diagnosis.prompt_has', { tokens: trace.tokensIn, usual: Math.round(long) }),
      });
      return {
        ...tell('prompt', true, say('diagnosis.because.prompt_too_long')),
        tries: [say('diagnosis.try.shorten_prompt'), say('diagnosis.try.faster_or_smaller')],
      };
    }
    return tell('infrastructure', true, words);
  }
  return tell(origin, CERTAIN.has(code) || origin !== 'user', words);
}

/** The usual length of a prompt when this one is far beyond it; null when it is not, or nobody knows. */
function longPrompt(trace: Trace, rows: readonly TraceRow[]): number | null {
  const known = rows.map(({ tokensIn }) => tokensIn).filter((tokens) => tokens > 0);
  if (known.length < ENOUGH || trace.tokensIn === 0) return null;
  const sorted = known.sort((a, b) => a - b);
  const most = sorted[Math.floor(sorted.length * 0.95)] ?? Infinity;
  return trace.tokensIn >= 4 * most ? most : null;
}

function stepEvidence(span: Span): DiagnosisEvidence {
  const { fault, attributes } = span;
  const done = typeof attributes['action'] === 'string' ? attributes['action'] : null;
  const told = { step: span.name, words: fault?.detail ?? '' };
  const text = done === null ? say('diagnosis.step', told) : say('diagnosis.step.done', { ...told, done });
  return { kind: 'step', text, spanId: span.id };
}

/** Of several attempts the first fault that was not only its consequence. */
function rootFault(trace: Trace): { fault: Fault; span: Span | null } | null {
  const failed = attemptsOf(trace).filter(({ fault }) => fault !== null && fault.code !== 'cancelled');
  const last = failed.at(-1);
  const ended = trace.spans.find(({ parentId }) => parentId === null)?.fault ?? null;
  const fault = ended ?? last?.fault ?? null;
  if (!fault) return null;
  // "No model left" is what remains when every attempt failed: why they failed is the answer.
  const first = failed[0];
  if (['no_candidate', 'unknown', 'internal'].includes(fault.code) && first?.fault)
    return { fault: first.fault, span: first };
  return { fault, span: failed.findLast((span) => span.fault?.code === fault.code) ?? null };
}

/** Why a better model was not even asked, and the words the decision has for it; null when the decision does not say. */
function passedOver(trace: Trace): { fault: Fault; name: string; words: string } | null {
  const found = trace.decision?.candidates.find(
    ({ rejectedCode: code }) => code !== undefined && code !== 'no_candidate',
  );
  if (!found?.rejectedCode) return null;
  const { origin, recoverable } = FAULT_FACTS[found.rejectedCode];
  const { modelId, modelName: name, rejectedCode: code, rejected } = found;
  const words = rejected ?? '';
  const detail = say('diagnosis.because.not_asked_for', { name, clause: words });
  return { fault: { code, origin, recoverable, provider: modelId, detail }, name, words };
}

/** Calls that a diagnosis shows. */
const MOST_STEPS = 5;

/** Why a turn failed, or had to be answered by another model than the first choice. */
export function diagnoseFault(trace: Trace, neighbours: TraceNeighbours): Diagnosis | null {
  const failed = trace.status === 'failed';
  const attempts = attemptsOf(trace).filter(({ fault }) => fault !== null && fault.code !== 'cancelled');
  const found = failed ? rootFault(trace) : attempts[0]?.fault ? { fault: attempts[0].fault, span: attempts[0] } : null;
  const over = found === null && !failed && trace.degraded ? passedOver(trace) : null;
  const row: Fault | null =
    found?.fault ??
    over?.fault ??
    (failed && trace.faultCode !== null && trace.faultOrigin !== null
      ? {
          code: trace.faultCode,
          origin: trace.faultOrigin,
          recoverable: false,
          detail: say('diagnosis.because.ended_with', { code: trace.faultCode }),
        }
      : null);
  if (!row) return null;
  const evidence = attempts.slice(0, MOST_STEPS).map(stepEvidence);
  if (over && over.words !== '')
    evidence.push({ kind: 'trace', text: say('reason.refusal', { name: over.name, words: over.words }) });
  const { because, ...told } = judge(row, trace, neighbours, evidence);
  const who = told.origin;
  const { failedToo, fine, provider } = around(row, row.provider ?? trace.modelId, neighbours.near);
  if (failedToo.length > 0)
    evidence.push({
      kind: 'similar',
      text: say(`diagnosis.${counted('trouble', failedToo.length)}`, {
        count: failedToo.length,
        provider,
        share: percent(share([...failedToo, ...fine], (each) => failedToo.includes(each))),
      }),
      traceIds: failedToo.slice(0, 5).map(({ id }) => id),
    });
  if (!failed) {
    const name = trace.modelName ?? trace.modelId ?? '';
    const code = who === null ? ('detour.unsure' as const) : (`detour.${who}` as const);
    const sentence = say(`diagnosis.${code}`, { because, name });
    // What is said of calls and models stands whole in the evidence; a note behind it in the reason does not.
    const quoted = [...attempts.slice(0, MOST_STEPS).map(({ fault }) => fault?.detail ?? ''), over?.words ?? ''];
    const reason = degradedReasonOf(trace);
    const tellsReason = reason !== null && quoted.some((words) => words !== '' && reason.endsWith(words));
    return { about: 'detour', ...told, sentence, evidence, ...(tellsReason ? { tellsReason } : {}) };
  }
  const sentence = say(who === null ? 'diagnosis.unsure' : `diagnosis.was.${who}`, { because });
  return { about: 'fault', ...told, sentence, evidence };
}

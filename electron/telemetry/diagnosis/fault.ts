import type { Diagnosis, DiagnosisEvidence } from '../../contract/entities/diagnosis.ts';
import type { Span, Trace, TraceRow } from '../../contract/entities/trace.ts';
import { FAULT_FACTS } from '../../contract/fault-facts.ts';
import type { Fault, FaultCode, FaultOrigin } from '../../contract/faults.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { attemptsOf, ENOUGH, percent, plural, providerOf, share } from './usual.ts';

type Told = Pick<Diagnosis, 'origin' | 'confident' | 'sentence' | 'tries'>;

/** What to do about a fault, for the person in front of it. */
const TRIES: Readonly<Partial<Record<FaultCode, readonly string[]>>> = {
  auth: ['Enter a working key for this provider under Models.', 'Choose a model of another provider.'],
  quota: ['Top up the account, or wait for its reset.', 'Choose a model of another provider or of this machine.'],
  rate_limit: ['Lower the number of requests at once for this provider.', 'Add a second provider to the ladder.'],
  overloaded: ['Try again in a minute.', 'Let the policy fall to another provider.'],
  server_error: ['Try again.', 'Let the policy fall to another provider.'],
  timeout: ['Try again.', 'Raise the deadline in the policy, or choose a smaller model.'],
  network: ['Check the network and the provider’s address.', 'Use a model of this machine meanwhile.'],
  offline: ['Connect to the network.', 'Use a model of this machine meanwhile.'],
  not_ready: ['Try again when the model is loaded.'],
  not_found: ['Look at the provider’s list of models and correct the name.', 'Choose another model.'],
  context_length: ['Shorten the message or begin a new conversation.', 'Choose a model with a larger context.'],
  content_filter: ['Say it in other words.', 'Choose another provider, if the policy lets you.'],
  invalid_request: ['Look at the parameters of this request: the provider names the one it does not take.'],
  malformed_output: ['Regenerate.', 'Choose a model that keeps to formats better.'],
  empty_output: ['Regenerate.', 'Choose another model.'],
  degenerate_output: ['Regenerate at a higher temperature.', 'Choose a larger model.'],
  truncated: ['Raise the limit of tokens for answers.', 'Ask to continue.'],
  refused: ['Say it in other words.', 'Choose another model.'],
  local_oom: ['Choose a smaller model or a smaller context.', 'Close programs that use much memory.'],
  gpu_lost: ['Try again.', 'Use the CPU in the settings of the engine.'],
  local_crash: ['Send the message again: the engine starts anew.', 'Choose another model if it happens again.'],
  model_file_corrupt: ['Download or import the model file again.'],
  budget: ['Raise the budget in the settings.', 'Use a model of this machine.'],
  private_only: ['Add a model of this machine.', 'Switch Private off for this conversation.'],
  no_candidate: ['Add a model under Models.', 'Choose Automatic as the route.'],
  storage_full: ['Free some disk space.'],
  storage_corrupt: ['Restore a backup.'],
};

const NAMES: Readonly<Record<FaultOrigin, string>> = {
  model: 'It was the model',
  prompt: 'It was the prompt',
  infrastructure: 'It was the infrastructure',
  user: 'It is in your hands',
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
  const say = (who: FaultOrigin, confident: boolean, because: string): Told => ({
    origin: who,
    confident,
    sentence: `${NAMES[who]}: ${because}.`,
    tries: [...(TRIES[code] ?? [])],
  });
  const words = firstSentence(fault.detail);

  // The provider says that a person did something wrong. Where the same provider answered others at that time, it may be wrong.
  if (origin === 'user' && ['auth', 'quota', 'not_found'].includes(code)) {
    const sameModel = fine.filter((row) => code !== 'not_found' || row.modelId === modelId);
    if (sameModel.length === 0) return say('user', true, words);
    evidence.push({
      kind: 'similar',
      text: `${plural(sameModel.length, 'request')} to ${provider} went well within a quarter of an hour.`,
      traceIds: sameModel.slice(0, 5).map(({ id }) => id),
    });
    const after = sameModel.some((row) => row.startedAt > trace.startedAt);
    if (after) return say('infrastructure', false, `${provider} refused this request and took others right after it`);
    return {
      ...say('user', false, words),
      origin: null,
      sentence: `Not enough evidence: ${provider} refused this request, though it took others shortly before.`,
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
      evidence.push({ kind: 'trace', text: `${first.modelName}: ${first.rejected ?? ''}` });
      const told = say(
        'infrastructure',
        code !== 'budget',
        `${first.modelName} could not be asked (${firstSentence(first.rejected ?? '')})`,
      );
      return { ...told, tries: ['Try again in a moment.', 'Add another model under Models.'] };
    }
    const tooLong = kept.find(({ rejectedCode: each }) => each === 'context_length');
    if (tooLong && code === 'no_candidate')
      return {
        ...say('prompt', true, `it does not fit ${tooLong.modelName}`),
        tries: [...(TRIES.context_length ?? [])],
      };
    return say(origin, code !== 'no_candidate' || kept.length > 0, words);
  }
  if (code === 'model_file_corrupt') return say('user', false, words);

  if (OF_OUTPUT.has(code)) {
    const { samePrompt, sameFault } = neighbours;
    const failures = samePrompt.filter((row) => row.faultCode === code);
    const models = new Set([...failures.map((row) => row.modelId), trace.modelId]);
    const elsewhere = sameFault.filter((row) => row.promptVersionId !== trace.promptVersionId);
    if (failures.length >= 2 && models.size >= 2 && elsewhere.length < failures.length) {
      evidence.push({
        kind: 'similar',
        text: `${plural(failures.length, 'other request')} with this prompt version failed in the same way, with ${models.size} models.`,
        traceIds: failures.slice(0, 5).map(({ id }) => id),
      });
      return {
        ...say('prompt', true, 'this prompt version fails in the same way with different models'),
        tries: ['Go back to the version before.', 'Compare both versions under Prompts.'],
      };
    }
  }

  if (code === 'timeout') {
    const long = longPrompt(trace, neighbours.sameModel);
    if (long !== null && providerOf(modelId) === 'local') {
      evidence.push({
        kind: 'usual',
        text: `The prompt has ${trace.tokensIn} tokens; ${Math.round(long)} are usual for this model.`,
      });
      return {
        ...say('prompt', true, 'the prompt is so long that this machine could not read it in time'),
        tries: ['Shorten the prompt or the conversation.', 'Choose a smaller or faster model.'],
      };
    }
    return say('infrastructure', true, words);
  }
  return say(origin, CERTAIN.has(code) || origin !== 'user', words);
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
  const action = typeof attributes['action'] === 'string' ? `; ${attributes['action']}` : '';
  const detail = (fault?.detail ?? '').replace(action === '' ? /$/u : /\.$/u, '');
  return { kind: 'step', text: `${span.name}: ${detail}${action}`, spanId: span.id };
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

/** Why a better model was not even asked; null when the decision does not say. */
function passedOver(trace: Trace): Fault | null {
  const found = trace.decision?.candidates.find(
    ({ rejectedCode: code }) => code !== undefined && code !== 'no_candidate',
  );
  if (!found?.rejectedCode) return null;
  const { origin, recoverable } = FAULT_FACTS[found.rejectedCode];
  return {
    code: found.rejectedCode,
    origin,
    recoverable,
    provider: found.modelId,
    detail: `${found.modelName} could not be asked: ${found.rejected ?? ''}`,
  };
}

/** Why a turn failed, or had to be answered by another model than the first choice. */
export function diagnoseFault(trace: Trace, neighbours: TraceNeighbours): Diagnosis | null {
  const failed = trace.status === 'failed';
  const attempts = attemptsOf(trace).filter(({ fault }) => fault !== null && fault.code !== 'cancelled');
  const found = failed ? rootFault(trace) : attempts[0]?.fault ? { fault: attempts[0].fault, span: attempts[0] } : null;
  const row: Fault | null =
    found?.fault ??
    (failed && trace.faultCode !== null && trace.faultOrigin !== null
      ? {
          code: trace.faultCode,
          origin: trace.faultOrigin,
          recoverable: false,
          detail: `It ended with ${trace.faultCode}.`,
        }
      : trace.degraded
        ? passedOver(trace)
        : null);
  if (!row) return null;
  const evidence = attempts.slice(0, 5).map(stepEvidence);
  const told = judge(row, trace, neighbours, evidence);
  const { failedToo, fine, provider } = around(row, row.provider ?? trace.modelId, neighbours.near);
  if (failedToo.length > 0)
    evidence.push({
      kind: 'similar',
      text: `${plural(failedToo.length, 'other request')} to ${provider} had trouble within a quarter of an hour (${percent(share([...failedToo, ...fine], (each) => failedToo.includes(each)))} of them).`,
      traceIds: failedToo.slice(0, 5).map(({ id }) => id),
    });
  if (!failed) {
    const sentence = `${told.sentence.replace(/\.$/u, '')}, so ${trace.modelName ?? 'another model'} answered in place of the first choice.`;
    return { about: 'detour', ...told, sentence, evidence };
  }
  return { about: 'fault', ...told, evidence };
}

import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { diagnoseCostly } from './costly.ts';
import { diagnoseFault } from './fault.ts';
import { diagnoseRated } from './rated.ts';
import { diagnoseSlow } from './slow.ts';
import { degradedReasonOf } from './usual.ts';

/** A turn can be degraded without a fault: a second model was faster, the machine is offline, a limit is reached. Its own words say why. */
function nothing(trace: Trace): Diagnosis {
  const tell = (sentence: string): Diagnosis => ({
    about: 'nothing',
    origin: null,
    confident: false,
    sentence,
    evidence: [],
    tries: [],
  });
  if (trace.status === 'running') return tell(say('diagnosis.running'));
  if (!trace.degraded) return tell(say('diagnosis.as_usual'));
  const reason = degradedReasonOf(trace);
  if (reason === null) return tell(say('diagnosis.degraded'));
  return { ...tell(`${say('diagnosis.degraded')} ${reason}`), tellsReason: true };
}

/**
 * Why a turn failed, took a detour, was rated badly, slow or dear, in that order: one sentence that says whether it was the model, the
 * prompt, the infrastructure or the person, with what speaks for it. Pure: the same trace and neighbours give the same words.
 */
export function diagnose(trace: Trace, neighbours: TraceNeighbours): Diagnosis {
  const fault = diagnoseFault(trace, neighbours);
  if (trace.status === 'failed' && fault) return fault;
  if (trace.status === 'stopped')
    return {
      about: 'stopped',
      origin: 'user',
      confident: true,
      sentence: say('diagnosis.stopped'),
      evidence: [],
      tries: [],
    };
  return (
    diagnoseRated(trace, neighbours, fault) ??
    fault ??
    diagnoseSlow(trace, neighbours) ??
    diagnoseCostly(trace, neighbours) ??
    nothing(trace)
  );
}

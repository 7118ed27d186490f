import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis } from '../../contract/entities/diagnosis.ts';
import type { Trace } from '../../contract/entities/trace.ts';
import type { TraceNeighbours } from '../../storage/store.ts';
import { diagnoseCostly } from './costly.ts';
import { diagnoseFault } from './fault.ts';
import { diagnoseRated } from './rated.ts';
import { diagnoseSlow } from './slow.ts';

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
    diagnoseCostly(trace, neighbours) ?? {
      about: 'nothing',
      origin: null,
      confident: false,
      sentence: say(trace.status === 'running' ? 'diagnosis.running' : 'diagnosis.as_usual'),
      evidence: [],
      tries: [],
    }
  );
}

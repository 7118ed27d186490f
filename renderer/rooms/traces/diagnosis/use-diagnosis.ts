import type { Diagnosis } from '../../../../electron/contract/entities/diagnosis.ts';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import type { Fault } from '../../../../electron/contract/faults.ts';
import { useCall } from '../../../link/index.ts';

/** The diagnosis of a trace as far as it is there. */
export interface DiagnosisState {
  /** undefined = it is being made, could not be made, or the trace still runs. */
  readonly diagnosis: Diagnosis | undefined;
  readonly fault: Fault | null;
  readonly refetch: () => void;
}

/** Asks for the diagnosis of a trace that is over. */
export const useDiagnosis = (trace: Trace): DiagnosisState => {
  const { data, fault, refetch } = useCall('trace.diagnose', isOver(trace) ? { traceId: trace.id } : null, {
    topics: [`trace:${trace.id}`],
  });
  return { diagnosis: data, fault, refetch };
};

export const isOver = ({ status }: Pick<Trace, 'status'>): boolean => status !== 'running';

/**
 * Whether the route has to say why the reply is degraded: the diagnosis above it does not. While that is being made nothing is said
 * that it may say in a moment.
 */
export const routeTellsReason = (trace: Pick<Trace, 'status'>, { diagnosis, fault }: DiagnosisState): boolean =>
  !isOver(trace) || (diagnosis === undefined ? fault !== null : diagnosis.tellsReason !== true);

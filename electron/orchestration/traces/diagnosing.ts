import { say } from '../../contract/sentences/index.ts';
import type { Diagnosis, PeriodDiagnosis } from '../../contract/entities/diagnosis.ts';
import { refuse } from '../../contract/faults.ts';
import type { TraceReads } from '../../storage/index.ts';
import { diagnose } from '../../telemetry/diagnosis/diagnose.ts';
import { diagnosePeriod } from '../../telemetry/diagnosis/period.ts';

export interface Diagnosing {
  trace(traceId: string): Promise<Diagnosis>;
  /** `since` inclusive, `until` exclusive, epoch ms. */
  period(since: number, until: number): Promise<PeriodDiagnosis>;
}

/** Explains single turns and times from what is stored. */
export function createDiagnosing(reads: TraceReads): Diagnosing {
  return {
    async trace(traceId) {
      const found = (await reads.neighbourhood(traceId)).read();
      if (!found) throw refuse(say('app.trace.gone'), 'not_found');
      return diagnose(found.trace, found.neighbours);
    },
    async period(since, until) {
      const read = async (from: number, to: number) => {
        const [byModel, byPrompt] = await Promise.all([
          reads.overview({ since: from, until: to, by: 'model' }),
          reads.overview({ since: from, until: to, by: 'prompt' }),
        ]);
        return { byModel: byModel.read(), byPrompt: byPrompt.read() };
      };
      const length = until - since;
      const [now, before] = await Promise.all([read(since, until), read(since - length, since)]);
      return diagnosePeriod({ now, before }, since, until);
    },
  };
}

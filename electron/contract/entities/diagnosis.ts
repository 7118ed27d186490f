import { z } from 'zod';
import { faultOrigin } from '../faults.ts';
import { id } from './chat.ts';

/** One thing that speaks for what a diagnosis says. */
export const diagnosisEvidence = z.object({
  /** A step of the trace, what is usual, other traces like it, or the trace itself. */
  kind: z.enum(['step', 'usual', 'similar', 'trace']),
  text: z.string(),
  spanId: z.string().optional(),
  traceIds: z.array(id).optional(),
});

/** Why a turn failed, was slow, dear or rated badly. */
export const diagnosis = z.object({
  /** `loading` = it was slow because its model had to be loaded first: nobody's fault, and over with the next turn. */
  about: z.enum(['fault', 'detour', 'slow', 'loading', 'costly', 'low-rated', 'stopped', 'nothing']),
  /** null = nothing to explain, nobody's fault, or not enough evidence to say. */
  origin: faultOrigin.nullable(),
  /** Whether the evidence leaves little room for another answer. */
  confident: z.boolean(),
  /** One sentence. */
  sentence: z.string(),
  evidence: z.array(diagnosisEvidence),
  /** What to try, most promising first. */
  tries: z.array(z.string()),
  /** It holds the whole of why the reply is degraded, so that nobody need say it beside it. Absent = it does not. */
  tellsReason: z.literal(true).optional(),
});
export type Diagnosis = z.infer<typeof diagnosis>;
export type DiagnosisEvidence = z.infer<typeof diagnosisEvidence>;

/** What became different between two times of the same length. */
export const periodChange = z.object({
  what: z.enum(['prompt', 'provider', 'machine', 'mix', 'cost', 'load']),
  sentence: z.string(),
  /** Narrows the list of traces to those behind it. */
  filter: z.object({ modelId: z.string().optional(), promptVersionId: id.optional() }),
});
export const periodDiagnosis = z.object({
  since: z.number(),
  until: z.number(),
  /** One sentence for all of it. */
  sentence: z.string(),
  changes: z.array(periodChange),
});
export type PeriodDiagnosis = z.infer<typeof periodDiagnosis>;
export type PeriodChange = z.infer<typeof periodChange>;

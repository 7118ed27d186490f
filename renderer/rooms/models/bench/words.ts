import type { BenchRun } from '../../../../electron/contract/entities/bench.ts';
import { formatNumber } from '../../../kit/index.ts';
import { benchText } from './text.ts';

const NAMES: Readonly<Record<string, string>> = { cpu: 'CPU', vulkan: 'Vulkan', cuda: 'CUDA', metal: 'Metal' };

/** A way to compute as people write it. */
export const backendName = (backend: string): string => NAMES[backend] ?? backend.toUpperCase();

/** What is measured now, in words. */
export const stepWords = ({ step }: BenchRun): string => {
  const { t } = benchText;
  const count = step.count ?? 1;
  return t(`step.${step.kind}`, { backend: backendName(step.backend), count, value: formatNumber(count) });
};

import { cpus, totalmem } from 'node:os';
import { fail, fine, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const LEAST_NODE = 20;
const LEAST_MEMORY_GB = 2;

export function checkRuntime(): Finding[] {
  const { node, electron } = process.versions as { node: string; electron?: string };
  const runtime = `Node ${node}${electron === undefined ? '' : `, Electron ${electron}`} on ${process.platform} ${process.arch}.`;
  const memoryGb = totalmem() / 1e9;
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${memoryGb.toFixed(1)} GB memory.`;
  return [
    Number.parseInt(node, 10) >= LEAST_NODE
      ? fine('runtime', runtime)
      : fail('runtime', runtime, `Install Node ${LEAST_NODE} or newer.`),
    memoryGb >= LEAST_MEMORY_GB
      ? fine('machine', machine)
      : warn('machine', machine, 'Only the starter model will fit: close other programs before loading more.'),
  ];
}

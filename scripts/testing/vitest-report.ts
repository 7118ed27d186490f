import { readFileSync } from 'node:fs';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface FileReport {
  status: string;
  assertionResults: { status: string }[];
}

/** Counts one vitest JSON report; a file that failed outside its tests counts as one failure, and so does no report. */
export function tallyReport(path: string, exitedWell: boolean): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readFiles(path)) {
    const before = tally.failed;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') tally.passed += 1;
      else if (status === 'failed') tally.failed += 1;
      else tally.skipped += 1;
    }
    if (file.status === 'failed' && tally.failed === before) tally.failed += 1;
  }
  if (!exitedWell && tally.failed === 0) tally.failed = 1;
  return tally;
}

function readFiles(path: string): FileReport[] {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
  if (typeof report !== 'object' || report === null || !('testResults' in report)) return [];
  return Array.isArray(report.testResults) ? report.testResults.filter(isFileReport) : [];
}

function isFileReport(value: unknown): value is FileReport {
  if (typeof value !== 'object' || value === null) return false;
  return 'status' in value && 'assertionResults' in value && Array.isArray(value.assertionResults);
}

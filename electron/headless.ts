import { runProcess } from './cli/run-process.ts';

await runProcess(import.meta.dirname);

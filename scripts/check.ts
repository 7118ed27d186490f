import { availableParallelism } from 'node:os';
import { allChecks, typeChecks } from './testing/checks.ts';
import { reportTask, runTasks } from './testing/tasks.ts';

// npm run check: everything that reads the code and starts none of it. "typecheck" runs the compiler alone.
const checks = process.argv[2] === 'typecheck' ? typeChecks : allChecks;
const outcomes = await runTasks(checks, Math.min(4, availableParallelism()), reportTask);
if (outcomes.some((outcome) => !outcome.ok)) process.exitCode = 1;

import type { TestProject } from 'vitest/node';
import { rmSync } from 'node:fs';
import { LANES } from '../../support/lanes.ts';
import { prepareStage, type Stage } from '../../support/stage.ts';
import { seedFolder } from './seed.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stage: Stage;
    /** Data folder with a week of use, to be copied. */
    week: string;
  }
}

/** Everything a real window needs, once for all end-to-end tests; on Linux a hidden display a lane that is theirs alone. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const [{ stage, stop }, week] = await Promise.all([prepareStage(LANES), seedFolder('week')]);
  project.provide('stage', stage);
  project.provide('week', week);
  return () => {
    stop();
    rmSync(week, { recursive: true, force: true });
  };
}

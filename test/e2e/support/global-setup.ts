import type { TestProject } from 'vitest/node';
import { LANES } from '../../support/lanes.ts';
import { prepareStage, type Stage } from '../../support/stage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stage: Stage;
  }
}

/** Everything a real window needs, once for all end-to-end tests; on Linux a hidden display a lane that is theirs alone. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const { stage, stop } = await prepareStage(LANES);
  project.provide('stage', stage);
  return stop;
}

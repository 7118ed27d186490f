import type { TestProject } from 'vitest/node';
import { prepareStage, type Stage } from '../../support/stage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stage: Stage;
  }
}

/** Everything a real window needs, once for all end-to-end tests; on Linux a hidden display that is theirs alone. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const { stage, stop } = await prepareStage();
  project.provide('stage', stage);
  return stop;
}

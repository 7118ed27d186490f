import { join } from 'node:path';
import { say } from '../contract/sentences/index.ts';

/** The model that ships with the app. Its checksum is looked at by `doctor`. */
export const STARTER = {
  name: 'Switchyard Starter',
  sha256: 'a5f927b8e33df658c50f29ee4e413e86fac917638eee71fd0de8dbdc52270b9a',
  sizeBytes: 8_208_992,
  contextTokens: 1024,
  description: say('model.starter'),
} as const;

/** Where it lies under the app's resources. */
export const starterPath = (resourcesDir: string): string => join(resourcesDir, 'starter-model', 'starter-q8_0.gguf');

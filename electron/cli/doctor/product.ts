import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STARTER_MODEL_ID } from '../../contract/names.ts';
import type { CliContext } from '../context.ts';
import { openCore } from '../core.ts';
import { sentenceOf } from '../failure.ts';
import { databasePath } from '../store.ts';
import { checkBudgets, checkEgress, checkPolicies, checkProviders, checkWayOut } from './routing.ts';
import { fail, fine } from './finding.ts';
import type { Finding } from './finding.ts';

/**
 * What the product itself knows: every model file, the starter model loaded once, providers, money, policies. A folder without a whole database is looked at through an empty
 * one elsewhere: opening it would make or repair one.
 */
export async function checkProduct(context: CliContext, dataDir: string, databaseOk: boolean): Promise<Finding[]> {
  const configPath = join(dataDir, 'config.yaml');
  const scratch = mkdtempSync(join(tmpdir(), 'switchyard-doctor-'));
  try {
    const core = await openCore(context, {
      dataDir: databaseOk && existsSync(databasePath(dataDir)) ? dataDir : scratch,
      source: 'cli',
      lock: false,
      ...(existsSync(configPath) ? { configPath } : {}),
    });
    try {
      const files = (await core.models.checkFiles?.()) ?? [];
      const findings = files.map(({ modelId, ok, detail }) =>
        ok ? fine(modelId, detail) : fail(modelId, detail, 'Import it again or take it off the list under Models.'),
      );
      return [
        ...findings,
        ...(await checkEngine(core.models)),
        ...checkPolicies(core),
        ...checkProviders(core),
        ...checkBudgets(core),
        ...checkWayOut(core),
        ...checkEgress(core),
      ];
    } finally {
      await core.dispose();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Engine {
  load(modelId: string): Promise<void>;
  engine(): { backend: string | null; warning: string | null };
}

async function checkEngine(models: Engine): Promise<Finding[]> {
  try {
    await models.load(STARTER_MODEL_ID);
    const { backend, warning } = models.engine();
    const engine = fine('engine', `llama.cpp loaded the starter model, backend ${backend ?? 'unknown'}.`);
    return warning === null ? [engine] : [engine, { name: 'hardware', level: 'warn', detail: warning, todo: null }];
  } catch (error) {
    return [fail('engine', `llama.cpp does not work here (${sentenceOf(error)}).`, 'Reinstall Switchyard.')];
  }
}

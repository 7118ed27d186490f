import { chat } from './0001-chat.ts';
import { search } from './0002-search.ts';
import { traces } from './0003-traces.ts';
import { prompts } from './0004-prompts.ts';
import { feedback } from './0005-feedback.ts';
import { models } from './0006-models.ts';
import { ledger } from './0007-ledger.ts';
import { egress } from './0008-egress.ts';
import { policies } from './0009-policies.ts';
import { answerCache } from './0010-answer-cache.ts';
import { observations } from './0011-observations.ts';
import { apiTokens } from './0012-api-tokens.ts';
import { summaries } from './0013-summaries.ts';
import { traceFacets } from './0014-trace-facets.ts';
import { traceExports } from './0015-trace-exports.ts';
import { downloads } from './0016-downloads.ts';
import { cachedConversations } from './0017-cached-conversations.ts';
import { benchReports } from './0018-bench-reports.ts';
import { breakerChanges } from './0019-breaker-changes.ts';
import { traceViews } from './0020-trace-views.ts';
import { usageByModel } from './0021-usage-by-model.ts';
import { tracePictures } from './0022-trace-pictures.ts';
import { egressOutcomes } from './0023-egress-outcomes.ts';
import { egressProxies } from './0024-egress-proxies.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [
  chat,
  search,
  traces,
  prompts,
  feedback,
  models,
  ledger,
  egress,
  policies,
  answerCache,
  observations,
  apiTokens,
  summaries,
  traceFacets,
  traceExports,
  downloads,
  cachedConversations,
  benchReports,
  breakerChanges,
  traceViews,
  usageByModel,
  tracePictures,
  egressOutcomes,
  egressProxies,
];
/** The schema this program reads and writes. */
export const SCHEMA_VERSION = migrations.length;

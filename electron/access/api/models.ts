import type { ModelEntry } from '../../contract/entities/model.ts';
import { ApiRefusal, badRequest } from './errors.ts';

export type ApiModel = Pick<ModelEntry, 'id' | 'name' | 'provider' | 'contextTokens' | 'addedAt'> & {
  /** False while it cannot answer (file missing, no key, switched off). */
  readonly usable: boolean;
};

/** What of the list of models the API shows. */
export const apiModelOf = ({ id, name, provider, state, contextTokens, addedAt }: ModelEntry): ApiModel => ({
  id,
  name,
  provider,
  usable: state === 'ready' || state === 'loading' || state === 'loaded',
  contextTokens,
  addedAt,
});

/** What Anthropic tells of its own models: clients are promised these fields of every model. */
const UNTOLD = {
  max_tokens: null,
  capabilities: null,
  lifecycle: 'active',
  line: null,
  deprecated_at: null,
  retires_at: null,
  allowed_fallback_models: null,
};

/** One model as both dialects list it: fields of the one do not disturb clients of the other. */
const listed = (id: string, name: string, owner: string, addedAt: number, contextTokens: number | null) => ({
  id,
  object: 'model',
  created: Math.floor(addedAt / 1000),
  owned_by: owner,
  type: 'model',
  display_name: name,
  created_at: new Date(addedAt).toISOString(),
  ...(contextTokens === null ? {} : { context_length: contextTokens }),
  max_input_tokens: contextTokens,
  ...UNTOLD,
});

function all(models: readonly ApiModel[]) {
  return [
    listed('switchyard/auto', 'Automatic', 'switchyard', 0, null),
    listed('switchyard/local', 'Local only', 'switchyard', 0, null),
    ...models
      .filter(({ usable }) => usable)
      .map((model) => listed(model.id, model.name, model.provider, model.addedAt, model.contextTokens)),
  ];
}

/** Where a page of the list begins and ends, by the fields of Anthropic's clients. Absent limit = all there are. */
function pageOf(ids: readonly string[], query: URLSearchParams): { from: number; to: number; more: boolean } {
  const limit = query.get('limit');
  if (limit !== null && !/^[1-9]\d{0,3}$/u.test(limit)) {
    throw badRequest('`limit` is not as expected: it must be a whole number from 1 to 9999.', 'limit');
  }
  const most = limit === null ? ids.length : Number(limit);
  const placeOf = (name: string): number | null => {
    const id = query.get(name);
    if (id === null) return null;
    const place = ids.indexOf(id);
    if (place < 0) throw badRequest(`\`${name}\` names no model of the list: leave it out to begin again.`, name);
    return place;
  };
  const before = placeOf('before_id');
  if (before !== null) {
    const from = Math.max(0, before - most);
    return { from, to: before, more: from > 0 };
  }
  const after = placeOf('after_id');
  const from = after === null ? 0 : after + 1;
  return { from, to: from + most, more: from + most < ids.length };
}

/** GET /v1/models, for either dialect. */
export function listModels(models: readonly ApiModel[], query: URLSearchParams): object {
  const list = all(models);
  const { from, to, more } = pageOf(
    list.map(({ id }) => id),
    query,
  );
  const data = list.slice(from, to);
  return { object: 'list', data, has_more: more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** GET /v1/models/{id}; the id holds a slash, plain or escaped. */
export function oneModel(models: readonly ApiModel[], wanted: string): object {
  const found = all(models).find(({ id }) => id === wanted);
  if (found) return found;
  throw new ApiRefusal({
    status: 404,
    message: `There is no model "${wanted.slice(0, 200)}" here: GET /v1/models lists those there are.`,
    code: 'model_not_found',
    param: 'model',
  });
}

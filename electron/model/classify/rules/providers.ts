import { PROVIDER_SENTENCES } from '../../../contract/sentences/faults.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** Where one provider means something else by a code, a word or a status than the others do. */
export const PROVIDER_RULES: readonly Rule[] = [
  ...rules('docs.mistral.ai/resources/error-glossary', [
    { is: 'server_error', of: ['mistral'], status: [504] },
    // Its code 3000 says "Service unavailable." of an error of its own.
    { is: 'server_error', of: ['mistral'], status: [500], id: ['internal_server_error'] },
    { is: 'rate_limit', of: ['mistral'], status: [429], text: /capacity exceeded/u },
  ]),
  ...rules('console.groq.com/docs/errors; /docs/flex-processing; /docs/tool-use', [
    { is: 'context_length', of: ['groq'], status: [413] },
    { is: 'overloaded', of: ['groq'], status: [498] },
    { is: 'overloaded', id: ['capacity_exceeded'], status: [498, 503] },
    { is: 'malformed_output', id: ['tool_use_failed', 'json_validate_failed', 'output_parse_failed'] },
  ]),
  ...rules('openrouter.ai/docs/api/reference/errors-and-debugging', [
    { is: 'content_filter', of: ['openrouter'], status: [403], key: ['flagged_input', 'reasons'] },
    { is: 'content_filter', status: [403], key: ['flagged_input'] },
    // Its own names: an answer that was cut, its own budget, and a message it cannot read, unless it passes on OpenAI’s word.
    { is: 'truncated', of: ['openrouter'], id: ['max_tokens_exceeded'] },
    { is: 'quota', of: ['openrouter'], id: ['token_limit_exceeded'] },
    { is: 'invalid_request', of: ['openrouter'], id: ['invalid_prompt'], text: /^(?![^]*(?:polic|flagged|safety))/u },
    { is: 'quota', of: ['openrouter'], status: [401, 403], text: /limit exceeded|credit/u },
    {
      is: 'auth',
      of: ['openrouter'],
      status: [403],
      text: /permission|api key|unauthori[sz]ed|not allowed|region|country/u,
    },
    { is: 'content_filter', of: ['openrouter'], status: [403], key: ['metadata'] },
    { is: 'overloaded', of: ['openrouter'], status: [503] },
  ]),
  ...rules('ai.google.dev/gemini-api/docs/troubleshooting; cloud.google.com/apis/design/errors; google.rpc.ErrorInfo', [
    // The one region answer that money mends: outside the free tier the same prompt is served.
    { is: 'quota', id: ['failed_precondition'], text: /enable billing/u },
    {
      is: 'auth',
      text: /location is not supported|region is not supported/u,
      say: PROVIDER_SENTENCES.region,
    },
    // A gateway that passes these on has a name of its own; no one else has such reasons.
    {
      is: 'auth',
      id: [
        'api_key_invalid',
        'api_key_expired',
        'api_key_service_blocked',
        'api_key_ip_address_blocked',
        'api_key_http_referrer_blocked',
        'access_token_expired',
        'credentials_missing',
        'service_disabled',
        'consumer_suspended',
        'iam_permission_denied',
        'consumer_invalid',
        'account_state_invalid',
        'access_token_scope_insufficient',
      ],
    },
    // Its own words say "your current quota" of a minute and of a day; gateways pass on which it was.
    { is: 'quota', id: ['resource_exhausted'], text: /per ?-?day|perday|daily|limit: 0\b/u },
    { is: 'rate_limit', id: ['resource_exhausted'], text: /per ?-?minute|perminute/u },
    {
      is: 'quota',
      of: ['google'],
      status: [429],
      text: /credits? (?:are|is|have been) depleted|per ?-?day|perday|daily|spend(?:ing)? (?:cap|limit)|limit: 0\b/u,
    },
    { is: 'rate_limit', of: ['google'], id: ['resource_exhausted', 'rate_limit_exceeded'] },
    { is: 'rate_limit', of: ['google'], status: [429] },
    { is: 'timeout', of: ['google'], id: ['deadline_exceeded'] },
  ]),
  ...rules('docs.claude.com/en/api/errors; rate limits: spend limits', [
    { is: 'quota', of: ['anthropic'], id: ['billing_error', 'enforced_spend_limit_reached'] },
    {
      is: 'quota',
      of: ['anthropic'],
      text: /credit balance is too low|usage limits?|extra usage|spend(?:ing)? limit|enforced_spend_limit/u,
    },
    { is: 'auth', of: ['anthropic'], status: [400, 403], text: /organization has been disabled|oauth|credential/u },
    { is: 'content_filter', origin: 'model', of: ['anthropic', 'bedrock'], text: /output blocked by content filter/u },
  ]),
  ...rules('docs.aws.amazon.com/bedrock API reference: InvokeModel, Converse', [
    { is: 'not_ready', id: ['modelnotreadyexception'] },
    { is: 'timeout', id: ['modeltimeoutexception'] },
    {
      is: 'server_error',
      id: [
        'modelerrorexception',
        'modelstreamerrorexception',
        'internalserverexception',
        'internalfailure',
        'internalservererror',
      ],
      of: ['bedrock'],
    },
    { is: 'quota', id: ['servicequotaexceededexception'] },
    { is: 'quota', of: ['bedrock'], text: /tokens per day|per day/u },
    {
      is: 'rate_limit',
      of: ['bedrock'],
      id: ['throttlingexception', 'throttling', 'toomanyrequestsexception', 'limitexceededexception'],
    },
    { is: 'overloaded', id: ['serviceunavailableexception', 'serviceunavailable'], of: ['bedrock'] },
    {
      is: 'not_found',
      of: ['bedrock'],
      text: /model identifier is invalid|model id .{0,80}(?:invalid|not found)|end of its life|reached the end/u,
    },
    {
      is: 'invalid_request',
      origin: 'user',
      of: ['bedrock'],
      text: /on-demand throughput|inference profile/u,
      say: PROVIDER_SENTENCES.profile_only,
    },
    {
      is: 'auth',
      id: [
        'accessdeniedexception',
        'unrecognizedclientexception',
        'expiredtokenexception',
        'expiredtoken',
        'invalidsignatureexception',
        'incompletesignature',
        'incompletesignatureexception',
        'missingauthenticationtoken',
        'missingauthenticationtokenexception',
        'optinrequired',
        'invalidclienttokenid',
        'signaturedoesnotmatch',
        'notauthorized',
        'requestexpired',
      ],
    },
    { is: 'not_found', id: ['resourcenotfoundexception', 'modelnotfoundexception'] },
    { is: 'conflict', id: ['conflictexception'] },
  ]),
  ...rules('api-docs.deepseek.com/quick_start/error_codes', [
    { is: 'not_found', of: ['deepseek'], text: /model not exist/u },
    { is: 'content_filter', of: ['deepseek'], text: /content exists risk/u },
  ]),
  ...rules('docs.x.ai/docs/guides/rate-limits and debugging: a wrong key is a 400, used-up credit a 403 or 429', [
    // A filtered prompt is a 403 in the words of a permission, with the key’s id in it; gateways pass it on so.
    { is: 'content_filter', status: [400, 403], text: /content violates (?:our )?usage|safety_check_type/u },
    { is: 'auth', of: ['xai'], status: [400, 401, 403], text: /api key/u },
    { is: 'quota', of: ['xai'], status: [403, 429], text: /credits|spending limit|licenses/u },
  ]),
  ...rules(
    'docs.together.ai/docs/error-codes; docs.fireworks.ai/guides/inference-error-codes; docs.cohere.com/reference/errors',
    [
      // Fireworks suspends an account over its limit with 412; Cohere tells a trial key that is used up with 429.
      { is: 'quota', of: ['fireworks'], status: [412] },
      { is: 'rate_limit', of: ['cohere'], status: [429], text: /per minute|\/ ?minute/u },
      // Its SDK names the status InvalidTokenError.
      { is: 'auth', of: ['cohere'], status: [498] },
      { is: 'quota', of: ['cohere'], status: [429], text: /trial|per month|\/ ?month/u },
      // Its 401 is the key; a 403 is documented for one thing only, a prompt and answer above the window.
      {
        is: 'context_length',
        of: ['together'],
        status: [403],
        text: /(?<!(?:api|access|auth|bearer|invalid|expired|your) )tokens?\b|context length/u,
      },
      { is: 'context_length', of: ['together'], status: [403], empty: true },
      { is: 'overloaded', of: ['together'], status: [503] },
    ],
  ),
  ...rules('docs.bigmodel.cn/cn/api/api-code; docs.z.ai/api-reference/api-code', [
    { is: 'auth', of: ['zhipu'], id: ['1000', '1001', '1002', '1003', '1004', '1110', '1111', '1112', '1121', '1220'] },
    { is: 'quota', of: ['zhipu'], id: ['1113', '1304', '1308', '1309', '1310'] },
    { is: 'not_found', of: ['zhipu'], id: ['1211'] },
    { is: 'context_length', of: ['zhipu'], id: ['1261'] },
    { is: 'content_filter', of: ['zhipu'], id: ['1301'] },
    { is: 'rate_limit', of: ['zhipu'], id: ['1302', '1303', '1305'] },
  ]),
  // The model there is out of order, not the request.
  ...rules('docs.api.nvidia.com: NVCF function states', [
    { is: 'server_error', text: /degraded function cannot be invoked/u },
  ]),
  ...rules('lmstudio.ai/docs; lmstudio-bug-tracker issues', [
    {
      is: 'not_found',
      text: /no models? (?:is |are )?(?:currently )?loaded/u,
      say: PROVIDER_SENTENCES.nothing_loaded,
    },
    { is: 'not_ready', text: /model (?:was |is |has been )?(?:unloaded|reloaded)/u },
  ]),
];

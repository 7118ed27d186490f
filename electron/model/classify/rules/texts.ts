import { PROVIDER_SENTENCES } from '../../../contract/sentences/faults.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** What a body says in words. Only where no typed code decided; ordered from the narrow to the wide. */
export const TEXT_RULES: readonly Rule[] = [
  ...rules(
    'vllm serving_engine.py, sglang tokenizer_manager.py, llama-server, ollama, LM Studio, OpenAI, Anthropic, Google, Bedrock, Mistral, Cohere',
    [
      // A bound of the answer's own length, which has nothing to do with what was asked.
      {
        is: 'invalid_request',
        status: [400, 422],
        text: /(?<!\+ `?)\bmax[ _](?:completion_|output_|new_)?tokens['`]? (?:\(\d+\) )?(?:must be (?:less than|at most|<|between|in the range)|(?:can(?:no|')t |must not )exceed \d)/u,
      },
      {
        is: 'context_length',
        notStatus: [401, 402, 403, 404, 429],
        text: /maximum context length|context[_ ](?:length|window)|max(?:imum)?[_ ](?:model[_ ]|supported )?(?:context|sequence|seq|input)[_ ]?(?:len|length|tokens|size|char\w*)|context size|context limit|context the overflows|context overflow|context shift is disabled|max tokens of \d+ exceeded|exceed\w* (?:the )?(?:available|model'?s?|maximum)? ?context|prompt is too long|(?:input|prompt|request|message) (?:tokens? )?(?:is |was |are )?too (?:long|large)|too many (?:input |prompt |total )?tokens(?! processed| per (?:second|minute|hour|day|month))|(?:input (?:token count|tokens|length|ids|token)|prompt token count)[^\n]{0,80}exceed|reduce (?:the|your) (?:length|prompt|input|messages?|number of)|reduce the length|number of (?:input )?tokens[^\n]{0,60}exceed|tokens? (?:limit )?exceed|exceeds? the (?:maximum|max|limit)[^\n]{0,40}tokens|prompt (?:contains|has) [^\n]{0,30}tokens|increase the physical batch size|longer than the (?:model|maximum|context)|token limit|prompt too long|(?:input|prompt) length|inputs?[`.'"]{0,2} (?:tokens?[^\n]{0,40}|length )?must (?:be (?:<|less|at most|shorter)|not exceed|have (?:less|fewer|at most))|total tokens[^\n]{0,40}exceed|(?:payload|body|request) size exceeds|request exceeds the maximum (?:allowed )?(?:size|number of bytes)|must be at least 1, got -\d|max(?:imum)? length of (?:the )?(?:current )?(?:question|prompt|input|message|query)/u,
      },
      // Whatever the status: Together says it with 403, gateways with what they like.
      { is: 'context_length', text: /maximum context length is [\d,]+ tokens|exceeds the model's context length/u },
      // A single request above the limit of a minute never gets through, however long one waits.
      { is: 'context_length', status: [413, 429], text: /request too large|too large for/u },
      { is: 'context_length', status: [413] },
    ],
  ),
  ...rules('OpenAI, Anthropic, Groq, DeepSeek, OpenRouter, xAI, Together, LiteLLM proxy: spend and day limits', [
    {
      is: 'quota',
      notStatus: [500, 502, 503, 504],
      text: /(?:project|organi[sz]ation|account|user|daily|monthly)[_ ]quota[_ ](?:exceeded|reached)|(?:insufficient|not[_ ]enough)[_ ](?:quota|balance|credits?|funds)|exceeded your (?:\w+ )?quota|credit balance|credits? (?:are|is|have been|has been) (?:depleted|exhausted|used)|out of credits|no credits(?! were charged)|any credits\b|key limit exceeded|credit limit|included credits|payment method[^\n]{0,100}to continue|(?:more|add|purchase|buy) credits|(?:quota|balance|credits?) (?:is |are )?not enough|paid balance|please (?:\w+ ){0,2}recharge|recharge (?:your|the) (?:account|balance)|total request limit|billing (?:hard )?limit|billing (?:is )?not active|spend(?:ing)?[_ ](?:limit|cap|alert)|payment required|out of call volume|quota will be replenished|(?:api )?usage limits?\b|budget (?:has been |is |was |limit )?exceeded|exceeded ?(?:your |the )?budget|byday\b|per 86400 ?s|(?:daily|weekly|monthly) (?:\w+ ){0,2}(?:limit|quota|cap|spend|allocation)|account balance|arrears|overdue[^\n]{0,20}(?:payment|balance|account|bill)|(?:account|bill|balance|payment|invoice)s?\b[^\n]{0,30}overdue|used all available|free (?:tier|trial|quota)[^\n]{0,40}(?:exhaust|exceed|expired|used)/u,
    },
    // A length of time alone may be said of anything that was asked.
    {
      is: 'quota',
      notStatus: [400, 404, 422, 500, 502, 503, 504],
      text: /(?:per[- _]?|\/ ?)(?:day|month)|\b(?:tpd|rpd)\b|(?:again|retry|resets?) in \d+ days?\b/u,
    },
  ]),
  ...rules('learn.microsoft.com azure api-management llm-token-limit: a quota is a 403, a rate a 429', [
    { is: 'quota', status: [402, 403], text: /quota (?:is |has been |was )?(?:exceeded|exhausted|used up)/u },
  ]),
  ...rules('HTTP 503 of llama-server, TGI, vLLM, Hugging Face inference while weights load', [
    {
      is: 'not_ready',
      notStatus: [401, 403, 404, 422, 429],
      text: /(?<!(?:error|fail(?:ed|ure)|while) )loading model|(?:model [^\n]{0,100}(?:is |still )+|\bis currently )(?:currently )?(?:loading|being loaded|starting|initiali[sz]ing)|(?:server|engine|model) (?:is )?not (?:yet )?ready|model [^\n]{0,100} is not (?:yet )?ready|warming up|starting up|still loading|estimated_time|cold start|scaled to zero|scaling up/u,
    },
  ]),
  ...rules('huggingface.co/docs/api-inference: how many seconds the weights still take', [
    { is: 'not_ready', status: [503], key: ['estimated_time'] },
  ]),
  ...rules('retired and unknown models: OpenAI, Azure, Ollama, vLLM, OpenRouter, Groq, DeepSeek, xAI', [
    {
      is: 'not_found',
      status: [400, 403, 404, 410, 422, 500],
      text: /(?:models?|version)\b[^\n]{0,160}(?:not found|(?:does|do) not exist|doesn't exist|not exist|(?:has been|was) (?:deprecated|retired|decommissioned|removed|shut down|discontinued)|(?:is|are) (?:deprecated|decommissioned|retired|no longer (?:available|supported))|is not available(?! in your)|is not a valid|identifier is invalid|not a valid model)|no such model|(?:unknown|unavailable|invalid) model|deployment[^\n]{0,80}(?:not exist|not found)|try pulling it|no endpoints found(?! that support)|not a valid model|not found the model|models? (?:is |has been )?disabled/u,
    },
  ]),
  ...rules('addresses that are no door: OpenAI, LM Studio, Go servers, Kong, Express', [
    {
      is: 'not_found',
      status: [400, 404],
      text: /invalid url \(|unexpected endpoint|no route matched|404 page not found|cannot (?:get|post) \/|unknown (?:request )?(?:url|endpoint|path)/u,
      say: PROVIDER_SENTENCES.cannot_here,
    },
  ]),
  ...rules('platform.openai.com/docs/guides/error-codes: a parameter to leave out, not a model to change', [
    { is: 'invalid_request', status: [400, 422], text: /unsupported (?:parameter|value)/u },
  ]),
  ...rules('capabilities: OpenAI, vLLM, Ollama, OpenRouter, llama-server, Mistral', [
    {
      is: 'invalid_request',
      origin: 'user',
      status: [400, 404, 405, 422, 500, 501],
      text: /does not support|doesn't support|do(?:es)? not accept|no endpoints found that support|(?:is|are) not supported (?:with|by|for|in|on)|only supported (?:by|in|with|on|for)|not enabled for (?:this model|models?\b)|missing data required for|requires? `?--[a-z]|not multimodal|enable-auto-tool-choice|image input is not supported|only supports? text|requires? (?:an )?mmproj|not a (?:chat|multimodal|vision) model|not supported in the v1\/chat|no support for|server does not support/u,
      say: PROVIDER_SENTENCES.cannot,
    },
  ]),
  ...rules('OpenAI, vLLM, Anthropic: a picture or file that could not be had, in the words of the host that has it', [
    {
      is: 'invalid_request',
      status: [400, 422],
      text: /(?:failed to|unable to|could not|cannot|can't|(?:error|timeout|timed out) while|error) (?:be )?(?:download|fetch|retriev)\w*[^\n]{0,40}(?:image|file|url|media|content|document|https?:)/u,
    },
  ]),
  ...rules('ggml-org/llama.cpp common/minja, jinja: a template that refuses the messages is told as a 500', [
    {
      is: 'invalid_request',
      status: [500],
      text: /\bat row \d+, column \d+|\braise_exception\b|roles must alternate/u,
    },
  ]),
  ...rules('regions, keys and permissions', [
    {
      is: 'auth',
      status: [400, 401, 403, 404],
      text: /(?:invalid|incorrect|missing|expired|wrong|no|revoked|provide an?|set an?) (?:x-)?(?:api|subscription|access)[- _]?(?:key|token)|api[- _]?key (?:not valid|expired|is (?:invalid|missing|required|expired)|required|not found|provided)|unauthori[sz]ed|authentication|invalid (?:credentials|token|bearer|signature)|(?:location|country|region)[^\n]{0,40}not (?:supported|available)|not available in your|permission|not authori[sz]ed|ip (?:address )?(?:[^\n]{0,40})not (?:allowed|authori[sz]ed|whitelisted)|\bforbidden\b|organization has been|must be verified|security token|access (?:to this|denied)|(?:access|auth|bearer|refresh) token (?:is |has )?(?:invalid|expired|missing|required|not valid)|token (?:seems|appears|looks) (?:to be )?(?:invalid|expired)|login fail|(?:account|resource|organi[sz]ation|project|team|user) (?:is |has been |was )?(?:temporarily )?(?:suspended|disabled|deactivated|banned|blocked|restricted|locked|terminated)/u,
    },
  ]),
  ...rules('filters: OpenAI, Azure, Anthropic, xAI, DeepSeek, Qwen, OpenRouter', [
    {
      is: 'content_filter',
      origin: 'model',
      text: /(?:output|response|completion|generated (?:text|content)) (?:was |has been |is )?(?:blocked|filtered|flagged|stopped)|output (?:text |image |audio |video |data )*(?:may contain|\w*_?sensitive)/u,
    },
    {
      is: 'content_filter',
      notStatus: [429, 500, 502, 503, 504],
      text: /content (?:management )?polic|content[_ ]filter|responsible ai|safety (?:system|settings|polic|guideline|reason|check|filter)|flagged|moderation|usage (?:guidelines|polic)|inappropriate content|sensitive (?:content|information|words?)|input \w*sensitive|(?:prompt|input) (?:pattern )?(?:was |has been |is )?blocked|harmful|prohibited content|guardrail|acceptable use|content exists risk/u,
    },
  ]),
  ...rules('Groq, vLLM, Ollama: the model wrote a call or JSON that does not parse', [
    {
      is: 'malformed_output',
      text: /failed to call a function|failed to parse input at pos|failed to (?:generate|validate) json|failed_generation|model (?:generated|produced|output)[^\n]{0,40}(?:invalid|malformed|unparsable)|(?:error|failed) (?:to )?pars\w+ (?:the )?(?:tool|model|function)|output (?:does|did) not match/u,
    },
    {
      is: 'empty_output',
      text: /no content (?:was )?generated|empty (?:response|completion|content|output)|did not (?:return|generate) (?:any )?(?:content|text|output)/u,
      notStatus: [400, 422],
    },
  ]),
  ...rules('load: Anthropic, Google, Together, OpenRouter, LiteLLM, DeepSeek, Ollama', [
    {
      is: 'overloaded',
      notStatus: [400, 401, 403, 404, 422, 429],
      text: /overloaded|(?:at|over|out of|no|insufficient|exceeded) capacity|capacity (?:exceeded|constraints|limit)|no available (?:model )?(?:provider|server|worker|instance|channel)|no (?:model )?providers? (?:are |is )?available|(?:currently|temporarily) unavailable|service unavailable|(?:server|engine|service) (?:is )?(?:too )?busy|queue is full|maximum pending|too busy|high (?:demand|traffic|load)|no healthy upstream|no deployments available|slow down|\bpeak\b/u,
    },
    // GitHub tells a limit of its own with 403, as Google's older APIs do.
    {
      is: 'rate_limit',
      status: [403],
      text: /(?:secondary|user) rate limit|rate[- _]?limit (?:was |has been )?(?:exceeded|reached)|too many requests/u,
    },
    {
      is: 'rate_limit',
      notStatus: [400, 401, 403, 404, 422, 500, 502, 503],
      text: /rate[- _]?(?:growth )?limit|too many (?:requests|concurrent)|throttl|quota exceeded|per (?:minute|second)|(?:qps|rpm|tpm|frequency|request) limit|concurren\w+ (?:limit|request)|try again in [\d.]+ ?m?s/u,
    },
  ]),
  ...rules('a stream without its last frame: [DONE], message_stop, finishReason', [
    {
      is: 'truncated',
      origin: 'infrastructure',
      status: [200],
      phase: ['stream', 'finish'],
      text: /(?:without|before|no|missing) (?:an? |any |its |the )?(?:\[done\]|message_stop|terminator|finish[_ ]?reason|(?:final|last|closing) (?:frame|chunk|event))/u,
    },
  ]),
  ...rules('proxies and SDKs in front of a model', [
    {
      is: 'timeout',
      status: [200, 408, 500, 504],
      text: /deadline|timed? ?-?out|took too long|no (?:first )?(?:chunk|token|data|byte)s? (?:for|within|in)\b/u,
    },
    {
      is: 'network',
      status: [200],
      phase: ['stream', 'finish'],
      text: /connection (?:error|reset|closed|lost)|socket hang up|terminated/u,
    },
  ]),
];

/** What people are told in the words of many providers, in lower case. Each says which fault a text speaks of. */

export const CONTEXT =
  /context[ _-]?(?:length|window|size)|maximum context|max(?:imum)?[ _]?(?:model|input|prompt)[ _]?(?:len|tokens|length)|prompt (?:is )?too long|input (?:is )?too long|too many (?:input |prompt )?tokens|input ids? length|input token count|exceeds? the (?:maximum|limit|max|model)[^.]{0,60}tokens?|tokens? exceeds?|longer than the model|larger than the (?:maximum )?context|overflows?[^.]{0,40}context|context[^.]{0,40}overflow|trying to keep the first|reduce the length|request too large|prompt length/u;
export const QUOTA =
  /insufficient[_ ](?:quota|balance|credits?|funds)|exceeded your current quota|out of (?:call volume )?(?:credits?|quota)|volume quota|quota will be replenished|per[ _-]?month|used all available credits|no credits?|credit balance|credits? (?:are |is )?(?:depleted|exhausted|required)|more credits|prepay(?:ment|aid)?|billing|payment required|spend(?:ing)?[ _-]?limit|hard limit|monthly (?:limit|quota|budget)|usage limit|arrears|top up|per[ _-]?day|daily (?:limit|quota)|quota.{0,40}(?:exhausted|exceeded|reached)/u;
export const RATE =
  /rate[ _-]?limit|too many requests|throttl|slow down|requests per minute|tokens per minute|per[ _-]?minute|concurren/u;
export const FILTER =
  /content[ _-]?(?:filter|management|policy|moderation)|responsible ?ai|safety (?:system|setting|filter)|flagged|moderation|prohibited[ _]content|blocked by|violat(?:es?|ing|ion)[^.]{0,40}(?:polic|guideline|terms)|inappropriate content|data_inspection_failed|usage polic/u;
export const KEY =
  /(?:invalid|incorrect|wrong|expired|missing|revoked|no|disabled|malformed)[^.]{0,30}(?:api[ _-]?key|credential|token|authorization)|api[ _-]?key[^.]{0,40}(?:invalid|not valid|expired|missing|required|incorrect|revoked|not found)|unauthori[sz]ed|unauthenticated|authentication|not authenticated|no auth/u;
export const REGION =
  /(?:country|region|location|territory)[^.]{0,60}(?:not supported|unsupported|not available|restricted)|not (?:supported|available) in your (?:country|region|location)/u;
export const NO_MODEL =
  /model[^.]{0,80}(?:not found|does not exist|doesn't exist|not exist|unknown|no longer|deprecated|retired|decommission|not supported for|not available|not been pulled)|no such model|unknown model|invalid model|not a valid model|deployment[^.]{0,60}(?:does not exist|not found)|try pulling it|no endpoints found|no models? loaded|unable to find model|model_not_found|has been (?:deprecated|retired|shut down)/u;
export const OVERLOADED =
  /overloaded|over capacity|at capacity|capacity (?:exceeded|constraints?)|temporarily unavailable|service unavailable|no available model provider|no healthy (?:upstream|deployment)|server is busy|high demand|try again later|currently unavailable|queue is full/u;
export const LOADING =
  /loading model|model is (?:currently |still )?loading|currently loading|is warming up|warming up|not ready|starting up|cold start/u;
export const MEMORY =
  /out of memory|requires more system memory|cannot allocate memory|failed to allocate|insufficient memory|cudamalloc|cuda_error_out_of_memory|allocation fail|not enough memory|kv cache[^.]{0,40}(?:full|space|allocate)|vk::outofdevicememory|outofdevicememory/u;
export const GPU =
  /device lost|devicelost|gpu (?:has )?(?:fallen off|hung|lost|reset)|cuda error|illegal memory access|xid|hip error|metal[^.]{0,30}command buffer|vk::devicelost/u;
export const MODEL_FILE =
  /failed to load model|invalid magic|bad magic|not a gguf|gguf[^.]{0,60}(?:invalid|corrupt|truncated|bad)|tensor.{0,80}(?:out of bounds|not within|corrupt|missing)|checksum|digest mismatch|unexpectedly reached end of file|model file[^.]{0,40}(?:corrupt|invalid|truncated|damaged)|unable to load model|error loading model/u;
export const CRASH =
  /runner process has terminated|runner[^.]{0,40}(?:crashed|exited|stopped)|process[^.]{0,40}(?:exited|crashed|terminated|was killed)|segmentation fault|signal: (?:killed|aborted)|sigsegv|sigkill|sigabrt|core dumped|engine[^.]{0,20}(?:died|dead)|enginedeaderror/u;
export const CANNOT =
  /(?:does not|doesn't|do not|cannot) support[^.]{0,30}(?:tool|function|image|vision|audio|json|schema|structured|stream)|(?:tool|function|image|vision|structured output)s?[^.]{0,30}(?:is|are) not supported|not multimodal|no vision/u;
export const TIMEOUT = /timed? ?out|timeout|deadline/u;
export const TOOL_JSON =
  /(?:tool|function)[ _]call[^.]{0,60}(?:valid|parse|malformed|fail)|failed to (?:call a function|generate json|parse tool)|malformed_function_call|tool_use_failed|json_validate_failed|output_parse_failed/u;

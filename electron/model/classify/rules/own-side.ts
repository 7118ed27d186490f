import { PROVIDER_SENTENCES } from '../../../contract/sentences/faults.ts';
import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** An answer with such a status was stopped by a server on the way, not by us. */
const ANSWERED = [400, 408, 409, 424, 429, 500, 502, 503, 504, 520, 522, 524, 529];

/** A stop of our own, before anything else is looked at. */
export const CANCEL_RULES: readonly Rule[] = rules('WHATWG DOM AbortError; openai-node and anthropic-sdk error.ts', [
  { is: 'cancelled', id: ['apiuseraborterror', 'responseaborted'] },
  {
    is: 'cancelled',
    id: ['aborterror', 'abort_err', 'und_err_aborted', 'err_canceled'],
    notStatus: ANSWERED,
  },
  // Google: 499 CANCELLED; Groq: 499 "Request Cancelled"; nginx: client closed request.
  { is: 'cancelled', status: [499] },
  { is: 'cancelled', id: ['cancelled', 'canceled', 'request_cancelled'], notStatus: ANSWERED },
]);

const MEMORY =
  /out[ _]of[ _](?:(?:device|host|gpu|video)[ _])?memory|outof(?:device|host)?memory|cudamalloc failed|(?:unable|failed) to allocate|allocat\w+ .{0,80}failed|insufficient (?:memory|vram)|not enough (?:free |system |video |gpu )?(?:memory|vram)|more (?:system |gpu )?memory|bad_alloc|cannot allocate memory|failed to create (?:the )?(?:llama_)?context|\boom\b|oom[- _]?kill|memory pressure|heap out of|no available memory for the cache|(?:larger|more|too (?:large|big)) (?:than|for) (?:the )?available (?:v?ram|(?:system |gpu |video )?memory)|exceeds? (?:the )?available (?:v?ram|memory)|kv cache.{0,60}(?:memory|larger than)/u;
const DEVICE =
  /device[ _]?(?:was |is )?lost|devicelost|device removed|dxgi_error|device_hung|gpu (?:is |was )?(?:lost|hung|reset|not responding)|\bxid\b|fallen off the bus|(?:cuda|hip|rocm) error: (?:unspecified launch|device|uncorrectable|an illegal|the launch|misaligned|unknown)|illegal memory access|uncorrectable ecc|vk_error_device|metal.{0,40}(?:timeout|gpu hang|ignored)|gpu (?:hang|timeout)|no cuda-capable device|(?:hip|rocm) error(?!: ?(?:out of memory|hiperroroutofmemory))|nvml[^\n]{0,40}(?:error|fail|mismatch|not found)|initiali[sz]e nvml/u;
const FILE =
  /invalid magic|bad magic|wrong magic|not (?:a )?gguf|magic (?:number|characters|mismatch)|checksum|sha-?256|hash mismatch|corrupt|truncated file|file is (?:too short|incomplete|truncated|damaged)|not within the file bounds|unexpectedly reached end of file|failed to read (?:magic|header|tensor|key)|invalid (?:gguf|ggml|header|tensor|model file)|wrong (?:header|number of tensors)|(?:missing|incomplete) tensor|tensor .{0,80}(?:missing|not found|wrong shape)|header (?:is )?(?:wrong|invalid|damaged)|bad header|unsupported gguf version|(?:unknown|unsupported) (?:model )?architecture|safetensors|failed to load (?:the )?model|error loading model|unable to load model|^mismatch$/mu;

/** States of an engine's process: ours, or a server on this machine that says so. */
export const PROCESS_RULES: readonly Rule[] = [
  ...rules('llama.cpp and ggml log lines; Vulkan VK_ERROR_DEVICE_LOST; CUDA runtime error strings', [
    { is: 'gpu_lost', phase: ['process'], text: DEVICE },
    {
      is: 'local_oom',
      phase: ['process'],
      id: ['insufficientmemoryerror', 'oom', 'outofmemory', 'outofmemoryerror', 'enomem', 'local_oom'],
    },
    { is: 'local_oom', phase: ['process'], text: MEMORY },
    // A library that is missing is no missing model; that a model was not loaded says less than that there is none.
    {
      is: 'not_found',
      phase: ['process'],
      text: /(?<!shared object file: )no such file|(?<!(?:dll|library|module) )file not found|enoent/u,
      say: PROVIDER_SENTENCES.model_file_gone,
    },
    { is: 'model_file_corrupt', phase: ['process'], text: FILE },
    { is: 'model_file_corrupt', phase: ['process'], key: ['checksum', 'sha256', 'magic'] },
    {
      is: 'context_length',
      phase: ['process'],
      text: /exceed\w* (?:the )?(?:available )?context|context (?:is )?(?:full|exceeded)|no (?:free )?(?:kv )?slot/u,
    },
    { is: 'timeout', phase: ['process'], text: /timed? ?out|no heartbeat|unresponsive|\bh[au]ng(?:s|ing)?\b/u },
    // The system ends a process that takes too much memory with signal 9, which a shell tells as 128 + 9.
    {
      is: 'local_oom',
      phase: ['process'],
      text: /signal 9\b|sigkill[^\n]{0,40}oom|(?:exit\w*|code|status)\W{0,4}(?:code\W{0,3})?(?:is |was |with )?137\b|^137$/mu,
    },
    {
      is: 'local_crash',
      phase: ['process'],
      text: /segmentation fault|core dumped|\bsig(?:segv|abrt|ill|bus)\b|ggml_assert|access violation|\b(?:aborted|panicked)\b/u,
    },
    // Every log of llama-server begins with it, also of one that ended otherwise.
    {
      is: 'not_ready',
      phase: ['process'],
      text: /(?<!(?:error|fail(?:ed|ure)|while) )loading model|(?:model|engine|server) is (?:still )?(?:loading|starting)|^loading$/mu,
    },
  ]),
  ...rules('ollama server/routes.go, llm/server.go and issues; vllm v1/engine/exceptions.py', [
    {
      is: 'local_oom',
      ownServer: true,
      text: /requires more system memory|model request too large for system|insufficient (?:memory|system resources)/u,
    },
    // Within a stream that began well the same is said in a frame.
    { is: 'gpu_lost', ownServer: true, status: [200], key: ['error'], text: DEVICE },
    { is: 'local_oom', ownServer: true, status: [200], key: ['error'], text: MEMORY },
    {
      is: 'model_file_corrupt',
      ownServer: true,
      status: [200],
      key: ['error'],
      text: /digest mismatch|invalid (?:file )?magic/u,
    },
    { is: 'gpu_lost', ownServer: true, status: [500, 503], text: DEVICE },
    { is: 'local_oom', ownServer: true, status: [500, 503], text: MEMORY },
    // Why a runner ended says more than that it did.
    {
      is: 'model_file_corrupt',
      ownServer: true,
      status: [400, 500],
      text: /invalid (?:file )?magic|not within the file bounds|invalid gguf|digest mismatch|unable to load model/u,
    },
    {
      is: 'local_crash',
      ownServer: true,
      text: /llama runner (?:process )?(?:has )?(?:terminated|exited|no longer running)|runner (?:process )?(?:has )?(?:unexpectedly )?(?:terminated|crashed|exited|stopped)|post "http[^"\n]{1,200}": eof|enginedeaderror|engine (?:core )?(?:is dead|process died|has died|died)|background loop (?:is not running|has errored)|model (?:has )?crashed|exit code: \d+|while running the model: (?:unexpected )?eof|scheduler (?:hit an exception|died)/u,
    },
    { is: 'local_crash', ownServer: true, id: ['enginedeaderror', 'asyncenginedeaderror'] },
  ]),
];

/** What an engine's process that simply ended is. */
export const PROCESS_ENDED: Rule = { is: 'local_crash', phase: ['process'], source: 'native/llama: the process ended' };

/** A mistake in an address or a certificate: trying again changes nothing. */
const MISTAKEN = { is: 'network', origin: 'user', recoverable: false } as const;

/** Codes of sockets and parsers, when nothing answered. */
export const NETWORK_RULES: readonly Rule[] = rules('nodejs.org/api/errors.html; undici Errors.md; net_error_list.h', [
  // Before what caused them: a certificate of a proxy is none of the provider.
  { ...MISTAKEN, code: ['ERR_PROXY_CERTIFICATE_INVALID'], say: PROVIDER_SENTENCES['proxy.certificate'] },
  { ...MISTAKEN, code: ['ERR_PROXY_SIGN_IN'], say: PROVIDER_SENTENCES['proxy.sign_in'] },
  { ...MISTAKEN, code: ['ERR_PROXY_DENIED'], say: PROVIDER_SENTENCES['proxy.denied'] },
  { ...MISTAKEN, code: ['ERR_PROXY_ADDRESS'], say: PROVIDER_SENTENCES['proxy.address'] },
  { is: 'network', code: ['ERR_PROXY_CONNECTION_FAILED'], say: PROVIDER_SENTENCES['proxy.unreachable'] },
  { is: 'network', code: ['ERR_TUNNEL_CONNECTION_FAILED'], say: PROVIDER_SENTENCES['proxy.failed'] },
  // node:http refuses to write such a header, so nothing was sent.
  { is: 'auth', code: ['ERR_INVALID_CHAR'], say: PROVIDER_SENTENCES.key_characters },
  {
    ...MISTAKEN,
    code: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_CERT_DATE_INVALID'],
    say: PROVIDER_SENTENCES['certificate.expired'],
  },
  {
    ...MISTAKEN,
    code: [
      'HOSTNAME_MISMATCH',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_TLS_CERT_ALTNAME_FORMAT',
      'ERR_CERT_COMMON_NAME_INVALID',
    ],
    say: PROVIDER_SENTENCES['certificate.host'],
  },
  // OpenSSL's words for bytes that are no TLS, and for a version it does not speak (openssl/sslerr.h).
  {
    ...MISTAKEN,
    code: ['EPROTO'],
    text: /wrong version number|packet length too long/u,
    say: PROVIDER_SENTENCES.not_https,
  },
  {
    ...MISTAKEN,
    code: ['EPROTO'],
    text: /alert protocol version|unsupported protocol|no protocols available/u,
    say: PROVIDER_SENTENCES.old_tls,
  },
  { is: 'network', phase: ['pre'], code: ['HPE_INVALID_CONSTANT'], say: PROVIDER_SENTENCES.not_http },
  {
    is: 'network',
    origin: 'user',
    recoverable: false,
    code: [
      'CERT_REVOKED',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'CERT_SIGNATURE_FAILURE',
      'CERT_CHAIN_TOO_LONG',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'ERR_CERT_AUTHORITY_INVALID',
      'ERR_CERT_REVOKED',
      'ERR_CERT_INVALID',
    ],
    say: PROVIDER_SENTENCES.certificate,
  },
  {
    is: 'network',
    origin: 'user',
    recoverable: false,
    text: /\bcertificates?\b|self[- ]signed/u,
    say: PROVIDER_SENTENCES.certificate,
  },
  { is: 'offline', code: ['ERR_INTERNET_DISCONNECTED', 'ENONET'] },
  {
    is: 'timeout',
    code: [
      'ETIMEDOUT',
      'ESOCKETTIMEDOUT',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_HEADERS_TIMEOUT',
      'UND_ERR_BODY_TIMEOUT',
      'ERR_SOCKET_CONNECTION_TIMEOUT',
      'ERR_HTTP_REQUEST_TIMEOUT',
      'ERR_TIMED_OUT',
      'ERR_CONNECTION_TIMED_OUT',
      'ETIMEOUT',
      'TIMEOUT_ERR',
    ],
  },
  {
    is: 'timeout',
    id: [
      'timeouterror',
      'apiconnectiontimeouterror',
      'apitimeouterror',
      'headerstimeouterror',
      'bodytimeouterror',
      'connecttimeouterror',
      'timeout',
    ],
  },
  {
    is: 'server_error',
    code: ['ANSWER_TOO_LARGE'],
    say: PROVIDER_SENTENCES.too_large,
  },
  { is: 'server_error', code: ['ERR_HTTP_INVALID_STATUS_CODE'] },
  { is: 'storage_full', code: ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'] },
  { is: 'storage_corrupt', code: ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_IOERR'] },
  {
    is: 'network',
    code: [
      'ENOTFOUND',
      'EAI_AGAIN',
      'EAI_FAIL',
      'EAI_NODATA',
      'EAI_NONAME',
      'ENODATA',
      'ESERVFAIL',
      'ERR_NAME_NOT_RESOLVED',
      'ERR_NAME_RESOLUTION_FAILED',
      'ERR_DNS_TIMED_OUT',
      'ENOTIMP',
    ],
    say: PROVIDER_SENTENCES.host_unknown,
  },
  {
    is: 'network',
    code: ['ECONNREFUSED', 'ERR_CONNECTION_REFUSED'],
    say: PROVIDER_SENTENCES.nothing_there,
  },
  {
    is: 'network',
    code: [
      'ECONNRESET',
      'ECONNABORTED',
      'EPIPE',
      'EHOSTUNREACH',
      'EHOSTDOWN',
      'ENETUNREACH',
      'ENETDOWN',
      'ENETRESET',
      'EADDRNOTAVAIL',
      'EADDRINUSE',
      'ENOBUFS',
      'ENOTCONN',
      'EPROTO',
      'EACCES',
      'UND_ERR_SOCKET',
      'UND_ERR_CLOSED',
      'UND_ERR_SOCKS5',
      'UND_ERR_DESTROYED',
      'UND_ERR_PRX_TLS',
      'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
      'UND_ERR_RESPONSE',
      'UND_ERR_INFO',
      'UND_ERR_HEADERS_OVERFLOW',
      'UND_ERR',
      'ERR_STREAM_PREMATURE_CLOSE',
      'ERR_HTTP2_STREAM_ERROR',
      'ERR_HTTP2_STREAM_CANCEL',
      'ERR_HTTP2_GOAWAY_SESSION',
      'ERR_HTTP2_SESSION_ERROR',
      'ERR_SOCKET_CLOSED',
      'ERR_TLS_HANDSHAKE_TIMEOUT',
      'ERR_NETWORK',
      // Another network took over: the next try goes through it.
      'ERR_NETWORK_CHANGED',
      'ERR_CONNECTION_RESET',
      'ERR_CONNECTION_CLOSED',
      'ERR_CONNECTION_ABORTED',
      'ERR_CONNECTION_FAILED',
      'ERR_ADDRESS_UNREACHABLE',
      'ERR_EMPTY_RESPONSE',
      'ERR_INVALID_RESPONSE',
      'ERR_INVALID_HTTP_RESPONSE',
      'ERR_RESPONSE_HEADERS_TRUNCATED',
      'ERR_HTTP2_PING_FAILED',
      'ERR_HTTP2_SERVER_REFUSED_STREAM',
      'ERR_SOCKET_NOT_CONNECTED',
      'ERR_INCOMPLETE_CHUNKED_ENCODING',
      'ERR_CONTENT_LENGTH_MISMATCH',
      'ERR_HTTP2_PROTOCOL_ERROR',
      'ERR_QUIC_PROTOCOL_ERROR',
      'ERR_SSL_PROTOCOL_ERROR',
      'ERR_NETWORK_IO_SUSPENDED',
    ],
  },
  {
    is: 'network',
    id: ['apiconnectionerror', 'connectionerror', 'fetcherror', 'socketerror', 'proxy_error', 'incompleteread'],
  },
  {
    is: 'network',
    text: /\b(?:econn\w+|epipe|enotfound|eai_\w+|hpe_\w+|err_ssl_\w+)\b|fetch failed|socket hang up|other side closed|\bterminated\b|premature close|network (?:error|connection)|connection (?:error|reset|refused|closed|aborted|lost)|getaddrinfo|no such host|^unexpected eof|(?:server|peer) (?:disconnected|closed)|incomplete (?:chunked )?read|upstream connect error|(?<![a-z])(?:dns|tls|ssl|handshake)(?![a-z])|parse error: /mu,
  },
  { is: 'timeout', text: /timed? ?-?out|deadline/u },
]);

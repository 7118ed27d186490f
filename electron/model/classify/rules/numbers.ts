import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/** Numbers that providers have for their faults within a 200, for an answer whose words decided nothing. */
export const TOLD_NUMBER_RULES: readonly Rule[] = [
  ...rules('platform.minimaxi.com/document/error-code: base_resp.status_code', [
    { is: 'timeout', key: ['base_resp'], id: ['1001'] },
    { is: 'rate_limit', key: ['base_resp'], id: ['1002', '1039', '1041', '2045'] },
    { is: 'auth', key: ['base_resp'], id: ['1004', '2048', '2049'] },
    { is: 'quota', key: ['base_resp'], id: ['1008', '2056'] },
    { is: 'content_filter', key: ['base_resp'], id: ['1026'] },
    { is: 'content_filter', origin: 'model', key: ['base_resp'], id: ['1027'] },
    { is: 'invalid_request', key: ['base_resp'], id: ['1042', '2013'] },
  ]),
  ...rules('cloud.baidu.com/doc/WENXINWORKSHOP: error_code', [
    { is: 'overloaded', key: ['error_code'], id: ['2'] },
    { is: 'rate_limit', key: ['error_code'], id: ['4', '18', '336501', '336502'] },
    { is: 'auth', key: ['error_code'], id: ['6', '13', '14', '15', '110', '111'] },
    { is: 'quota', key: ['error_code'], id: ['17', '19'] },
    { is: 'context_length', key: ['error_code'], id: ['336007', '336103'] },
    { is: 'invalid_request', key: ['error_code'], id: ['336001', '336002', '336003', '336006'] },
  ]),
];

/** Numbers beside a status that says less, when the words decided nothing. */
export const NUMBER_RULES: readonly Rule[] = [
  ...rules('developers.cloudflare.com/workers-ai/platform/errors', [
    { is: 'quota', key: ['errors'], id: ['3036', '4006'], status: [429] },
    { is: 'not_found', key: ['errors'], id: ['5007'], status: [400] },
  ]),
  ...rules('docs.siliconflow.cn/faqs/error-code', [
    { is: 'not_found', id: ['20012'], status: [400] },
    { is: 'quota', id: ['30001'], status: [403] },
  ]),
];

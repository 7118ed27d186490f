import { rules } from '../rule.ts';
import type { Rule } from '../rule.ts';

/**
 * What a body says in Chinese, as the providers of China do whatever language was asked. In the order of the English words,
 * and with their statuses.
 */
export const CHINESE_RULES: readonly Rule[] = rules(
  'docs.bigmodel.cn api-code; help.aliyun.com model-studio error-code; cloud.baidu.com qianfan; github.com/QuantumNous/new-api',
  [
    {
      is: 'context_length',
      notStatus: [401, 402, 403, 404, 429],
      text: /超长|(?:上下文|输入|提示词?|prompt|消息)[^\n]{0,20}(?:过长|太长|超出|超过)|长度[^\n]{0,12}(?:超出|超过|限制)|token[^\n]{0,12}(?:超出|超过|超限)/u,
    },
    {
      is: 'quota',
      notStatus: [500, 502, 503, 504],
      text: /欠费|余额(?:不足|已|为)|(?:额度|配额|资源包|免费[^\n]{0,6})[^\n]{0,8}(?:不足|用尽|用完|耗尽|已用)|请[^\n]{0,4}充值|(?:今日|当日|每日|每天|本周|每周|本月|每月|使用)[^\n]{0,10}(?:上限|限额|额度|限制)|套餐[^\n]{0,8}(?:到期|过期|用完)/u,
    },
    {
      is: 'not_found',
      status: [400, 403, 404, 410, 422, 500, 503],
      text: /模型[^\n]{0,60}(?:不存在|未找到|找不到|已下线|已停用|无可用渠道)|不支持的模型/u,
    },
    {
      is: 'auth',
      status: [400, 401, 403, 404],
      text: /(?:身份|鉴权|认证|签名)[^\n]{0,4}(?:失败|错误|不通过)|无效的?(?:令牌|密钥|api)|(?:令牌|密钥|api[- _]?key|token)[^\n]{0,10}(?:无效|错误|过期|失效|不正确|不存在|未提供)|无权|没有权限|权限不足|未授权|未开通|账[号户][^\n]{0,6}(?:封禁|冻结|锁定|禁用|停用)/u,
    },
    {
      is: 'content_filter',
      origin: 'model',
      text: /^(?![^\n]*输入)[^\n]*(?:输出|生成)[^\n]{0,20}(?:敏感|违规|不安全|不当)/mu,
    },
    {
      is: 'content_filter',
      notStatus: [429, 500, 502, 503, 504],
      text: /敏感(?:内容|信息|词)|不安全|违规|违反[^\n]{0,12}(?:规定|政策|法)|审核(?:未|不)通过|不合规|不当内容/u,
    },
    {
      is: 'overloaded',
      notStatus: [400, 401, 403, 404, 422, 429],
      text: /访问量过大|(?:系统|服务器?|引擎)[^\n]{0,4}(?:繁忙|过载|忙)|负载[^\n]{0,4}(?:过高|饱和)|容量不足|过载|排队/u,
    },
    {
      is: 'rate_limit',
      notStatus: [401, 403, 404, 422, 500, 502, 503],
      text: /并发[^\n]{0,8}(?:过高|超|上限)|请求(?:过于)?(?:频繁|过多|过快)|频率[^\n]{0,8}(?:过高|过快|限制|超|上限)|限流|流控|速率限制|限速/u,
    },
    { is: 'timeout', status: [200, 408, 500, 504], text: /超时/u },
  ],
);

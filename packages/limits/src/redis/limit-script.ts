/**
 * A decision over several buckets as one Lua script: Redis runs it in one step, and nothing comes between.
 *
 * Rules
 *  (1) The time is that of Redis, so that processes whose clocks differ count alike.
 *  (2) It does what `verdict.ts` does with the same whole microseconds. The reply has the debts before the decision,
 *      and the verdict is made of them there.
 *  (3) A command that was delayed (a queue while there was no connection, a paused server) and that nobody waits for
 *      any more takes nothing: it carries the latest instant at which it may run, by the clock of Redis.
 *  (4) A bucket that is full again has no key.
 *  (5) What is stored beyond the capacity is cut down to it, or nobody would get anything before that instant: the
 *      clock was set back, or the policy had another window when it was stored.
 *
 * Keys: the buckets. Arguments: latest instant in microseconds (0: any) and purpose, then for each bucket its capacity,
 * the cost, both in microseconds, and 1 where it is enforced. Reply, as texts: the instant, the purpose, the debts.
 */

/** The second text of the reply to a command that came too late. */
export const TOO_LATE = 'late'

/** The script. */
export const LIMIT_SCRIPT = `
local function text(number) return string.format('%.0f', number) end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local latest = tonumber(ARGV[1])
if latest > 0 and now > latest then return { text(now), '${TOO_LATE}' } end
local purpose = ARGV[2]
local reply = { text(now), purpose }
local debts = {}
local isBeyond = {}
local allowed = true
for index, key in ipairs(KEYS) do
  local capacity = tonumber(ARGV[index * 3])
  local arrival = tonumber(redis.call('GET', key) or '0') or 0
  local debt = math.min(math.max(arrival - now, 0), capacity)
  debts[index] = debt
  isBeyond[index] = arrival - now > capacity
  reply[index + 2] = text(debt)
  local fits = debt + tonumber(ARGV[index * 3 + 1]) <= capacity
  if not fits and ARGV[index * 3 + 2] == '1' then allowed = false end
end
for index, key in ipairs(KEYS) do
  local capacity = tonumber(ARGV[index * 3])
  local after = debts[index] + tonumber(ARGV[index * 3 + 1])
  local takes = purpose == 'charge' or (purpose == 'check' and allowed and after <= capacity)
  if takes or isBeyond[index] then
    after = math.min(after, capacity)
    redis.call('SET', key, text(now + after), 'PX', text(math.ceil(after / 1000)))
  end
end
return reply
`

/**
 * The hex SHA-1 of the script, which Redis names it by; nothing depends on its strength. Written down, because it would
 * take a promise to compute it where there is WebCrypto only.
 */
export const LIMIT_SCRIPT_SHA = '03f6aaa932a7d4fce60e6817fb236146a39862da'

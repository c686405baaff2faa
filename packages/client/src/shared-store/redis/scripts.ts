/**
 * The operations of a shared store as Lua scripts: Redis runs a script in one step, and nothing comes between.
 *
 * Rules
 *  (1) A script touches one key, so that any prefix works on a cluster, and takes the time from Redis alone.
 *  (2) A command that was delayed (a queue while there was no connection, a paused server) and that nobody waits for
 *      any more has no effect: each carries the latest instant at which it may run, by the clock of the store. What ran
 *      late would give a lease to a process that went on without it, or a token a longer life than it has.
 *  (3) A reply is an array of texts that begins with the time of the store, which is how that clock is learned.
 *  (4) What is published carries its instant, so that a listener can tell how late it hears it.
 *
 * Arguments: latest instant (0: any), channel, name, operation, and those of the operation.
 */
import { hexadecimal } from '../../hexadecimal.ts'
import { recordGraceMs, tombstonesPerRecordMax } from '../../limits.ts'

/** A script with what Redis calls it. */
export interface RedisScript {
  readonly source: string
  /** The hex SHA-1 of the source, by which a script that Redis already has is run. */
  readonly sha: () => Promise<string>
}

/** The second text of the reply to a command that came too late. */
export const TOO_LATE = 'too late'

const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
local latest = tonumber(ARGV[1])
if latest > 0 and now >= latest then return { text(now), '${TOO_LATE}' } end
local key = KEYS[1]
local operation = ARGV[4]
local function publish(message)
  message.name = ARGV[3]
  message.atMs = now
  redis.call('PUBLISH', ARGV[2], cjson.encode(message))
end
`

/** Answers with the time and touches nothing. */
export const timeScript = redisScript('return { text(now) }')

/**
 * `read`, `acquire` owner leaseMs, `write` owner generation sealed lifetimeMs, `release` owner, `retire` fingerprint
 * lifetimeMs, `clear`. Answers `acquire` and `write` with 1 or 0, and all with the record as it is afterwards.
 */
export const recordScript = redisScript(`
local kept = redis.call('HMGET', key, 'generation', 'sealed', 'sealedUntil', 'leaseOwner', 'leaseUntil', 'tombstones')
local generation = tonumber(kept[1] or '0')
local sealed = kept[2] or ''
local sealedUntil = tonumber(kept[3] or '0')
local leaseOwner = kept[4] or ''
local leaseUntil = tonumber(kept[5] or '0')
local tombstones = {}
local lastTombstone = now
for fingerprint, ending in string.gmatch(kept[6] or '', '(%S+)=(%d+)') do
  if tonumber(ending) > now then
    table.insert(tombstones, { fingerprint, tonumber(ending) })
    lastTombstone = math.max(lastTombstone, tonumber(ending))
  end
end

local isDone = true
local isChanged = operation ~= 'read'
if operation == 'acquire' then
  isDone = leaseUntil <= now or leaseOwner == ARGV[5]
  isChanged = isDone
  if isDone then
    leaseOwner = ARGV[5]
    leaseUntil = now + tonumber(ARGV[6])
  end
elseif operation == 'write' then
  isDone = generation <= tonumber(ARGV[6])
  isChanged = isDone
  if isDone then
    generation = tonumber(ARGV[6]) + 1
    sealed = ARGV[7]
    sealedUntil = now + tonumber(ARGV[8])
    if leaseOwner == ARGV[5] then leaseUntil = 0 end
    publish({ kind = 'written', generation = generation, sealed = sealed, remainingMs = tonumber(ARGV[8]) })
  end
elseif operation == 'release' then
  isChanged = leaseOwner == ARGV[5] and leaseUntil > now
  if isChanged then
    leaseUntil = 0
    publish({ kind = 'released' })
  end
elseif operation == 'retire' then
  for at = #tombstones, 1, -1 do
    if tombstones[at][1] == ARGV[5] then table.remove(tombstones, at) end
  end
  local ending = now + tonumber(ARGV[6])
  table.insert(tombstones, { ARGV[5], ending })
  lastTombstone = math.max(lastTombstone, ending)
  while #tombstones > ${tombstonesPerRecordMax} do table.remove(tombstones, 1) end
  publish({ kind = 'retired', fingerprint = ARGV[5] })
elseif operation == 'clear' then
  sealedUntil = 0
  leaseUntil = 0
  tombstones = {}
end

if sealedUntil <= now then sealed = '' end
if leaseUntil <= now then leaseOwner = '' end
local fingerprints = {}
local endings = {}
for at, tombstone in ipairs(tombstones) do
  fingerprints[at] = tombstone[1]
  endings[at] = tombstone[1] .. '=' .. text(tombstone[2])
end
if isChanged then
  redis.call('HSET', key, 'generation', text(generation), 'sealed', sealed, 'sealedUntil', text(sealedUntil),
    'leaseOwner', leaseOwner, 'leaseUntil', text(leaseUntil), 'tombstones', table.concat(endings, ' '))
  redis.call('PEXPIRE', key, text(math.max(sealedUntil, leaseUntil, lastTombstone) - now + ${recordGraceMs}))
end
return {
  text(now), isDone and '1' or '0', text(generation), sealed,
  text(math.max(0, sealedUntil - now)), text(math.max(0, leaseUntil - now)), table.concat(fingerprints, ' ')
}
`)

/** `pass`, `open` code pauseMs keepMs, `close`. Answers `pass` with code, pause and what is left of it, or nothing. */
export const circuitScript = redisScript(`
local kept = redis.call('HMGET', key, 'code', 'pauseMs', 'pauseUntil')
if operation == 'open' then
  redis.call('HSET', key, 'code', ARGV[5], 'pauseMs', ARGV[6], 'pauseUntil', text(now + tonumber(ARGV[6])))
  redis.call('PEXPIRE', key, ARGV[7])
  local pauseMs = tonumber(ARGV[6])
  publish({ kind = 'circuit', circuit = { code = ARGV[5], pauseMs = pauseMs, remainingMs = pauseMs } })
elseif operation == 'close' and kept[1] then
  redis.call('DEL', key)
  publish({ kind = 'circuit' })
elseif operation == 'pass' and kept[1] then
  local remaining = math.max(0, tonumber(kept[3]) - now)
  if remaining == 0 then redis.call('HSET', key, 'pauseUntil', text(now + tonumber(kept[2]))) end
  return { text(now), kept[1], kept[2], text(remaining) }
end
return { text(now) }
`)

/** `spend`, then seconds and limit of each window. Answers with the number of this request in each. */
export const budgetScript = redisScript(`
local numbers = { text(now) }
local counters = {}
local isAllowed = true
local longest = 0
for at = 5, #ARGV, 2 do
  local seconds = tonumber(ARGV[at])
  local index = text(math.floor(now / (seconds * 1000)))
  local keptIndex, count = string.match(redis.call('HGET', key, ARGV[at]) or '', '^(%d+) (%d+)$')
  local number = (keptIndex == index and tonumber(count) or 0) + 1
  isAllowed = isAllowed and number <= tonumber(ARGV[at + 1])
  longest = math.max(longest, seconds)
  table.insert(numbers, text(number))
  table.insert(counters, ARGV[at])
  table.insert(counters, index .. ' ' .. text(number))
end
if isAllowed then
  redis.call('HSET', key, unpack(counters))
  redis.call('PEXPIRE', key, text(longest * 1000))
end
return numbers
`)

function redisScript(body: string): RedisScript {
  const source = PRELUDE + body
  let sha: Promise<string> | undefined
  return {
    source,
    sha: () => {
      sha ??= hexSha1(source)
      return sha
    },
  }
}

/** SHA-1 is what Redis names its scripts by; nothing depends on its strength. */
async function hexSha1(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-1', bytes))
  return hexadecimal(hash)
}

-- Notes that an actor was evicted from all groups of its tenant, for all servers to read; or looks at what is noted.
--
-- KEYS: 1 evicted, 2 numbers, 3 times after which notes are forgotten, 4 notes of each tenant
-- ARGV: 1 'tenant actor', 2 tenant, 3 'note' or 'look', 4 microseconds of a ban, 0 to lift it, '' to leave it, 5 notes of a tenant at most,
--   6 notes of all, 7 microseconds for which a note stays
-- Answer: number, microseconds for which the ban lasts. Or: '-', 'tenant' or 'all', whichever has too many.

local elsewhere = moving(KEYS[1])
if elsewhere then
  return elsewhere
end
local now = micros()
local one, tenant = ARGV[1], ARGV[2]
if ARGV[3] == 'look' then
  local ends = tonumber(redis.call('HGET', KEYS[1], one) or '0')
  return {int(tonumber(redis.call('ZSCORE', KEYS[2], one) or '0')), int(math.max(0, ends - now))}
end
despiteFullMemory(KEYS[2])
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', int(now), 'LIMIT', '0', '100')) do
  redis.call('HDEL', KEYS[1], old)
  redis.call('ZREM', KEYS[2], old)
  redis.call('ZREM', KEYS[3], old)
  local of = string.match(old, '^%S+')
  if redis.call('HINCRBY', KEYS[4], of, '-1') <= 0 then
    redis.call('HDEL', KEYS[4], of)
  end
end
local known = redis.call('ZSCORE', KEYS[2], one)
if not known then
  if tonumber(redis.call('HGET', KEYS[4], tenant) or '0') >= tonumber(ARGV[5]) then
    return {'-', 'tenant'}
  end
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) then
    return {'-', 'all'}
  end
  redis.call('HINCRBY', KEYS[4], tenant, '1')
end
local ends
if ARGV[4] == '' then
  ends = tonumber(redis.call('HGET', KEYS[1], one) or '0')
elseif ARGV[4] == '0' then
  ends = 0
else
  ends = now + tonumber(ARGV[4])
end
local number = math.max(now, tonumber(redis.call('ZRANGE', KEYS[2], '-1', '-1', 'WITHSCORES')[2] or '0') + 1)
redis.call('HSET', KEYS[1], one, int(ends))
redis.call('ZADD', KEYS[2], int(number), one)
redis.call('ZADD', KEYS[3], int(math.max(ends, now + tonumber(ARGV[7]))), one)
local last = tonumber(redis.call('ZRANGE', KEYS[3], '-1', '-1', 'WITHSCORES')[2])
for i = 1, 4 do
  redis.call('PEXPIREAT', KEYS[i], int(math.ceil(last / 1000)))
end
return {int(number), int(math.max(0, ends - now))}

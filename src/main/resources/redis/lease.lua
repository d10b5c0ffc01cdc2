-- The lease of a node, as one partition knows it.
--
-- KEYS: 1 lease, 2 partition's leases, 3 format the partition is written in, 4 newest format that each incarnation reads
-- ARGV: 1 'look', 'take', 'renew' or 'release', 2 node, 3 incarnation, 4 time to live in ms; for 'release': how long its sessions' joins stay;
--   5 newest format the server reads, which reads the one before as well; 6 for 'renew': time of the renewal before, by the store's clock, or 0
-- Answer: '+', newest incarnation known (0: none), time, format to write. Or: '!FENCED', why: a newer one, or lapsed. Or, for 'look' and 'take':
--   '!FORMAT', the one the partition is written in, which the server does not read.

local now = micros()
local known = redis.call('GET', KEYS[1])
local newest, ends = 0, 0
if known then
  newest, ends = string.match(known, '^(%d+) (%d+)$')
  newest, ends = tonumber(newest), tonumber(ends)
end
local written, reads = tonumber(redis.call('GET', KEYS[3]) or '0'), tonumber(ARGV[5])
if (ARGV[1] == 'look' or ARGV[1] == 'take') and written > 0 and (written > reads or written < reads - 1) then
  return {'!FORMAT', int(written)}
end
if ARGV[1] == 'look' then
  return {'+', int(newest), int(now), int(written)}
end
local incarnation = tonumber(ARGV[3])
if newest > incarnation then
  return {'!FENCED', int(newest)}
end
local served = ARGV[2] .. '/' .. int(incarnation)
despiteFullMemory(KEYS[2])
-- What is written here is kept for a day.
local function over()
  redis.call('SET', KEYS[1], int(incarnation) .. ' ' .. int(now), 'PX', 86400000)
end
if ARGV[1] == 'release' then
  redis.call('ZADD', KEYS[2], int(now + tonumber(ARGV[4]) * 1000), served)
  over()
  return {'+', int(incarnation), int(now), int(written)}
end
if newest == incarnation and ends > 0 and ends <= now then
  -- Also for a 'take' that comes once more, later than everything that followed it.
  return {'!FENCED', 'lapsed'}
end
if ARGV[1] == 'renew' and (newest < incarnation or ends == 0) and tonumber(ARGV[6]) + tonumber(ARGV[4]) * 1000 < now then
  -- The store has lost the lease, or forgot it after a day: in either case it had expired. Joins written since end like the others.
  redis.call('ZADD', KEYS[2], int(now), served)
  over()
  return {'!FENCED', 'lapsed'}
end
local till = now + tonumber(ARGV[4]) * 1000
redis.call('SET', KEYS[1], int(incarnation) .. ' ' .. int(till), 'PX', 86400000)
redis.call('ZADD', KEYS[2], int(till), served)
if redis.call('HGET', KEYS[4], served) ~= ARGV[5] then
  for _, other in ipairs(redis.call('HKEYS', KEYS[4])) do
    if not redis.call('ZSCORE', KEYS[2], other) then
      redis.call('HDEL', KEYS[4], other)
    end
  end
  redis.call('HSET', KEYS[4], served, ARGV[5])
end
-- The format rises when every server with a lease reads it, and never falls: what was written stays. A server of a version that does not say what
-- it reads knows the first one alone.
if written < reads then
  local all = reads
  for _, live in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. int(now), '+inf')) do
    all = math.min(all, tonumber(redis.call('HGET', KEYS[4], live) or '1'))
  end
  if all > written then
    written = all
    redis.call('SET', KEYS[3], int(written))
  end
end
return {'+', int(incarnation), int(now), int(written)}

-- Bans an actor from the groups of a tenant that are in this partition, or lifts that: append.lua looks here.
--
-- KEYS: 1 bans of the tenant
-- ARGV: 1 actor, 2 microseconds, 0 to lift
-- Answer: 1.

local now = micros()
despiteFullMemory(KEYS[1])
local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', '0', '100')
if #over > 0 then
  redis.call('ZREM', KEYS[1], unpack(over))
end
if ARGV[2] == '0' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[2])), ARGV[1])
end
local last = redis.call('ZRANGE', KEYS[1], '-1', '-1', 'WITHSCORES')[2]
if last then
  redis.call('PEXPIREAT', KEYS[1], int(math.ceil(tonumber(last) / 1000)))
end
return 1

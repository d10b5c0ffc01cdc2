-- Gives a group a new epoch, since its log is not the one its readers know: the store lost writes.
--
-- KEYS: 1 group, 2 channel, 3 partition's outbox, 4 partition's lineage
-- ARGV: 1 epoch, 2 new epoch, 3 'tenant namespace group', 4 PUBLISH or SPUBLISH
-- Answer: the epoch it has now, '' for no group.

local epoch = redis.call('HGET', KEYS[1], 'e')
if epoch ~= ARGV[1] then
  return epoch or ''
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
-- Where the two logs part is not known.
redis.call('HSET', KEYS[1], 'e', ARGV[2], 'f', ARGV[1] .. ' 0', 'g', token(KEYS[4], now))
redis.call('ZADD', KEYS[3], string.format('%.0f', now), '+' .. ARGV[3] .. ' ' .. ARGV[2])
redis.call(ARGV[4], KEYS[2], ARGV[2] .. ' ')
return ARGV[2]

-- Enters a group into a tenant's index, and announces that to the readers of its namespace.
--
-- KEYS: 1 groups, 2 epochs, 3 reserved, 4 version of the namespace, 5 channel of the namespace
-- ARGV: 1 'namespace group', 2 epoch, 3 what to announce, 4 PUBLISH or SPUBLISH, 5 'forced' to do so without a reservation
-- Answer: 1; 0 when there is no reservation, and so the group may have been deleted since.

if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then
  redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[2])
  return 1
end
if redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[2]) == 0 and ARGV[5] ~= 'forced' then
  return 0
end
redis.call('ZADD', KEYS[1], '0', ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local before = redis.call('GET', KEYS[4]) or '0'
local time = redis.call('TIME')
local version = string.format('%.0f',
  math.max(tonumber(before) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('SET', KEYS[4], version)
redis.call(ARGV[4], KEYS[5], before .. ' ' .. version .. ' + ' .. ARGV[3])
return 1

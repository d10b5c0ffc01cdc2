-- Removes an epoch of a group from a tenant's index, and announces that to the readers of its namespace.
--
-- KEYS: as list.lua
-- ARGV: 1 'namespace group', 2 epoch, 3 namespace, 4 PUBLISH or SPUBLISH
-- Answer: '' when it is not listed any more; else the epoch that is listed, which is another.

redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[2])
local listed = redis.call('HGET', KEYS[2], ARGV[1])
if listed ~= ARGV[2] then
  return listed or ''
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
local before = redis.call('GET', KEYS[4]) or '0'
local time = redis.call('TIME')
local version = string.format('%.0f',
  math.max(tonumber(before) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('SET', KEYS[4], version)
-- Without groups, a missing version says so as well.
if #redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[3] .. ' ', '(' .. ARGV[3] .. '!', 'LIMIT', '0', '1') == 0 then
  redis.call('PEXPIRE', KEYS[4], 60000)
end
redis.call(ARGV[4], KEYS[5], before .. ' ' .. version .. ' - ' .. ARGV[1] .. ' ' .. ARGV[2])
return ''

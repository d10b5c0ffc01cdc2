-- Reads the notes of evictions from whole tenants after a number, the least first.
--
-- KEYS: 1 evicted, 2 numbers
-- ARGV: 1 number, 2 notes at most
-- Answer: time, then by turns number, 'tenant actor', end of the ban.

local time = redis.call('TIME')
local answer = {string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))}
local found = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', '0', ARGV[2])
local names = {}
for i = 1, #found, 2 do
  names[#names + 1] = found[i]
end
local ends = #names > 0 and redis.call('HMGET', KEYS[1], unpack(names)) or {}
for i = 1, #names do
  answer[#answer + 1] = string.format('%.0f', tonumber(found[2 * i]))
  answer[#answer + 1] = names[i]
  answer[#answer + 1] = ends[i] or '0'
end
return answer

-- A range of a tenant's index.
--
-- KEYS: 1 groups, 2 epochs, 3 version of a namespace
-- ARGV: 1 and 2 first and last, as ZRANGEBYLEX takes them, 3 names at most, 4 and 5 first and last of what to count
-- Answer: version or '0', count, then 'namespace group' and epoch by turns.

local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', '0', ARGV[3])
local found = {redis.call('GET', KEYS[3]) or '0', tostring(redis.call('ZLEXCOUNT', KEYS[1], ARGV[4], ARGV[5]))}
for i = 1, #names do
  found[#found + 1] = names[i]
  found[#found + 1] = redis.call('HGET', KEYS[2], names[i]) or ''
end
return found

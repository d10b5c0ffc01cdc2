-- What groups of one partition are, without their members.
--
-- KEYS: group and members by turns
-- ARGV: none
-- Answer: for each group epoch, created at, spec, count of members; all '' for no group.

local found = {}
for i = 1, #KEYS, 2 do
  local meta = redis.call('HMGET', KEYS[i], 'e', 'c', 's')
  for field = 1, 3 do
    found[#found + 1] = meta[field] or ''
  end
  found[#found + 1] = meta[1] and redis.call('HLEN', KEYS[i + 1]) or ''
end
return found
